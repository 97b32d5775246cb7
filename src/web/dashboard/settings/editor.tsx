import { useState } from "preact/hooks";
import { useAct } from "../api/act";
import type { One, SiteSettings } from "../api/types";
import { Choice } from "../parts/field";
import { Failure } from "../parts/states";
import { CHOICES, type Draft, draftOf, faultsOf, isJson, readDraft } from "./draft";

/** A sentence about each setting. */
const ABOUT: Readonly<Record<string, readonly [title: string, about: string]>> = {
  allowed_origins: ["Allowed origins", "Pages whose events are taken, one a line; * for any. None: no page's."],
  dashboard_origins: ["Dashboard origins", "Other pages that may call the API from a browser, one a line."],
  allow: [
    "Allowed to leave",
    "What is no secret here, one a line: names of parameters and data, patterns with *. The tag needs data-allow too.",
  ],
  default_consent: ["Default consent", "What a page without a word on consent means."],
  ip: ["Addresses", "How addresses are stored: the network alone, a keyed hash, or as they are."],
  trailing_slash: [
    "Trailing slash",
    "Whether /a/ is a page of its own (keep) or the same as /a (drop), from the next session on.",
  ],
  identity_group: [
    "Identity group",
    "Sites that name the same count fingerprints and addresses as one, from the next session on; null: this site by itself.",
  ],
  events: [
    "Raw events",
    "As rows of the database and in the archive, or in the archive alone, which costs less. From the next session on.",
  ],
  kv: [
    "Counters in KV",
    "All of them, or notable ones only: an address's once it nears its day's limit. From the next session on.",
  ],
  webhooks: ["Webhooks", "Where leads and alerts are sent. A secret that is shown as ******** stays as it is."],
  forms: ["Forms", "Rules for leads, and the forms that form.js renders."],
  budgets: [
    "Budgets",
    "Bytes that a session and an address may spend an hour, and the site a day. Past the site's, events go to the archive only.",
  ],
  lead_retention_days: ["Leads are kept for", "Days after a lead's last submit; null: for good."],
  record: [
    "Recording",
    "Which sessions are recorded as they looked: false, true, or from a score on; what is typed is masked.",
  ],
  expose: ["Exposed to pages", "What a page may learn of its own visitor's session."],
  tracker: ["Tracker", "Options that the tracker of this site begins with."],
};

const titleOf = (name: string): readonly [title: string, about: string] =>
  Object.hasOwn(ABOUT, name) ? (ABOUT[name] ?? [name, ""]) : [name, ""];

interface SettingProps {
  name: string;
  value: string;
  fault: string | undefined;
  onChange: (value: string) => void;
}

function Setting({ name, value, fault, onChange }: SettingProps) {
  const [title, about] = titleOf(name);
  const choices = CHOICES[name];
  const rows = Math.min(18, Math.max(2, value.split("\n").length + 1));
  return (
    <div class="setting">
      {choices ? (
        <Choice label={title} value={value} options={choices.map((one) => [one, one] as const)} onChange={onChange} />
      ) : (
        <label class="field">
          <span>{isJson(name) ? `${title} (JSON)` : title}</span>
          <textarea
            rows={rows}
            value={value}
            spellcheck={false}
            aria-invalid={fault !== undefined}
            aria-describedby={`about-${name}`}
            onInput={({ currentTarget }) => onChange(currentTarget.value)}
          />
        </label>
      )}
      <p id={`about-${name}`} class={fault ? "refused" : "soft note"} role={fault ? "alert" : undefined}>
        {fault ? `${title}: ${fault}` : about}
      </p>
    </div>
  );
}

/** Edits a site's settings and saves them all at once. */
export function Editor({ settings }: { settings: SiteSettings }) {
  const [base, setBase] = useState(settings);
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings));
  const [local, setLocal] = useState<Record<string, string>>({});
  const [isSaved, setSaved] = useState(false);
  const { run, isRunning, error, forget } = useAct();
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(base));
  const refused = error?.errors.length ? faultsOf(error.errors, draft) : { faults: {}, rest: [] };
  const faults: Record<string, string> = { ...refused.faults, ...local };

  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setSaved(false);
    forget();
    const read = readDraft(draft);
    setLocal(read.ok ? {} : read.faults);
    if (!read.ok) return;
    const path = `/analytics/sites/${encodeURIComponent(base.site)}`;
    const answer = await run<One<SiteSettings>>(path, { method: "PUT", body: read.settings });
    if (!answer) return;
    setBase(answer.data);
    setDraft(draftOf(answer.data));
    setSaved(true);
  };

  const discard = (): void => {
    forget();
    setLocal({});
    setDraft(draftOf(base));
  };

  return (
    <form class="settings" onSubmit={save}>
      {Object.entries(draft).map(([name, value]) => (
        <Setting
          key={name}
          name={name}
          value={value}
          fault={faults[name]}
          onChange={(text) => {
            setSaved(false);
            setDraft((now) => ({ ...now, [name]: text }));
          }}
        />
      ))}
      {error && (error.errors.length === 0 || refused.rest.length > 0) && <Failure error={error} />}
      <p class="form-foot">
        <button type="submit" class="primary" disabled={isRunning || !isChanged}>
          {isRunning ? "Saving …" : "Save"}
        </button>
        <button type="button" disabled={!isChanged} onClick={discard}>
          Discard changes
        </button>
        <span role="status">{isSaved ? "Saved. It holds everywhere within a minute." : ""}</span>
      </p>
    </form>
  );
}
