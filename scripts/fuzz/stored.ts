// Checks what is stored with the schemas: nothing that a schema refuses may get in.

/** NUL ends a text in some stores, and half of a surrogate pair is no character. */
const isUnstorable = (value: unknown) =>
  typeof value === "string" && (value.includes("\0") || /\p{Surrogate}/u.test(value));

type Protocol = typeof import("../../src/protocol/for-commands.ts");

/** Faults of the rows and objects that a server has left behind. */
export function faultsOf(
  { EventInput, SessionId, LeadInput }: Protocol,
  { events = [], sessions = [], lead_submissions = [] }: Record<string, Record<string, unknown>[]>,
): string[] {
  const faults: string[] = [];
  const fault = (what: string, row: unknown) => faults.push(`${what}: ${JSON.stringify(row).slice(0, 300)}`);
  for (const row of events) {
    const { event_type, page, element, detail } = row;
    const { late: _, truncated: __, ...parts } = JSON.parse(String(detail ?? "{}"));
    const parsed = EventInput.safeParse({ event_type, page, element, ...parts });
    if (!parsed.success)
      fault(`an event: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`, row);
    if (!Number.isSafeInteger(row["at"]) || Number(row["at"]) > Date.now()) fault("an event's time", row);
  }
  for (const row of sessions) {
    if (!SessionId.safeParse(row["session_id"]).success) fault("a session's id", row);
    if (Number(row["last_event_at"]) < Number(row["started_at"])) fault("a session's times", row);
    JSON.parse(String(row["detail"]));
  }
  for (const row of lead_submissions) {
    const { email_class: _, ...contact } = JSON.parse(String(row["contact"]));
    const said = Object.fromEntries(Object.entries(contact).filter(([, value]) => value !== null));
    const parsed = LeadInput.safeParse(said);
    if (!parsed.success)
      fault(`a lead: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`, row);
    if (contact.email === null && contact.phone === null) fault("a lead of nobody", row);
  }
  for (const row of [...events, ...sessions, ...lead_submissions]) {
    if (Object.values(row).some(isUnstorable)) fault("text that cannot be stored", row);
  }
  return faults;
}
