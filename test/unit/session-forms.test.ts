import { describe, expect, it } from "vitest";
import { readChunkCall, readStoredChunk } from "../../src/core/recording/chunk";
import { buildCall } from "../../src/core/session/calls/call";
import { type LeadCall, readLeadCall } from "../../src/core/session/calls/lead";
import { readContext, readSocket, socketRequest } from "../../src/core/session/calls/socket";
import { readTrackCall } from "../../src/core/session/calls/track-call";
import { type Entry, readEntries } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold/fold";
import { newState, readSnapshot, writeSnapshot } from "../../src/core/session/fold/state";
import { type Head, newHead, readHead } from "../../src/core/session/head";
import { newProgress, type Progress, readProgress } from "../../src/core/session/progress";
import { readText } from "../../src/core/stored";

/**
 * What a session's actor stores and is sent, byte for byte. A change here reaches rows that are on disk and calls of the deploy
 * before: raise the form's version, add a migration, and keep the bytes of the version before as a test of it.
 */

const ID = "11111111-2222-4333-8444-555555555555";
const T = 1_900_000_000_000;

const NETWORK =
  '{"address":"a1","network":"n1","country":"DE","region":null,"timezone":"Europe/Berlin","colo":"TXL","protocol":"HTTP/3","edge":true}';
const START = `{"kind":"start","at":${T},"page":"https://shop.example/","referrer":null,"device":null,"screen":null,"signals":null,"agent":null,"network":${NETWORK},"consent":"granted","rules_version":0,"seq":8}`;
const FOCUS = `{"kind":"event","at":${T + 1_000},"received_at":${T + 1_500},"stream":"s1","number":2,"event_type":"form_focus","page":"https://shop.example/a","detail":{"data":{"form":"order","field":"name"}},"seq":9}`;

/** The snapshot of those two entries. */
const SNAPSHOT = [
  '{"v":3,"seq":9,"started_at":1900000000000,"first_event_at":1900000001000',
  '"last_event_at":1900000001000,"last_received_at":1900000001500,"ended_at":null,"end_reason":null',
  '"end_taken_at":null,"consent":"granted","rules_version":0,"entry_page":"https://shop.example/"',
  '"exit_page":null,"current_page":"https://shop.example/a","referrer":null,"device":null',
  '"screen":null,"signals":null',
  '"network":{"address":"a1","network":"n1","country":"DE","region":null,"timezone":"Europe/Berlin","colo":"TXL","protocol":"HTTP/3","edge":true}',
  '"network_changes":0,"travel":{"addresses":0,"networks":0,"countries":0},"agent":null',
  '"identity":null,"lead":null,"events":1,"late":0,"shed":0,"unnumbered_rejected":0',
  '"counts":{"form_focus":1},"page_views":0,"pages":["https://shop.example/a"]',
  '"trailing_slash":"keep","views":{"https://shop.example/":0},"scroll_percent":0,"engaged_ms":0',
  '"attention":{"spans":[],"earlier_ms":0,"earlier_to":0,"pages":{"s1":{"acted_at":1900000001000}}}',
  '"visible":true',
  '"velocity":{"seconds":{"newest":1900000001,"counts":[0,1,0,0,0,0,0,0,0,0]},"minute":{"newest":380000000,"counts":[0,0,0,0,0,0,0,0,1,0,0,0]},"peak":1}',
  '"velocity_by_type":{"form_focus":{"seconds":{"newest":1900000001,"counts":[0,1,0,0,0,0,0,0,0,0]},"minute":{"newest":380000000,"counts":[0,0,0,0,0,0,0,0,1,0,0,0]},"peak":1}}',
  '"cadence":{"last_at":1900000001000,"n":0,"mean":0,"m2":0}',
  '"streams":{"s1":{"through":2,"gaps":[[1,1]],"at":1900000001000,"gap_at":0,"received":1,"rejected":0,"gone":0}}',
  '"forms":[{"form":"order","page":"https://shop.example/a","first_at":1900000001000,"last_at":1900000001000,"last_field":"name","fields":["name"],"received_at":1900000001500}]',
  '"sent_forms":[]',
  '"behaviour":{"pointer":{"x":null,"y":null,"points":0,"paths":0,"jumps":0,"pairs":0,"straight":0,"even":0},"clicks":0,"pointed_clicks":0,"untrusted_clicks":0,"click_rhythm":{"last_at":null,"n":0,"mean":0,"m2":0},"deed_rhythm":{"last_at":null,"n":0,"mean":0,"m2":0},"scrolls":0,"scrolls_without_input":0,"scroll_rhythm":{"last_at":null,"n":0,"mean":0,"m2":0},"scroll_steps":{"n":0,"mean":0,"m2":0},"last_depth":null,"away_since":null,"returns":0,"page_at":null,"form_since":null,"form_fields":0,"submits":0,"ms_per_field":null,"submit_ms":null}',
  '"journey":{"page_at":1900000001000,"acts":[[1900000001000,"form_focus","https://shop.example/a",null]],"leads":0}',
  '"judgement":{"label":null,"scores":{"engagement":null,"bot":null,"vpn":null,"risk":null},"ledger":[]}}',
].join(",");

/** The same as version 2 had it. */
const SNAPSHOT_2 = SNAPSHOT.replace('"v":3', '"v":2')
  .replace(/"attention":.*?,"visible"/, `"clock":${T + 1_500},"visible"`)
  .replace('"gap_at":0,', "")
  .replace('"engaged_ms":0', '"engaged_ms":700');

describe("a snapshot", () => {
  it("has these bytes, and is read back", () => {
    const state = newState(7);
    for (const entry of readEntries(`${START},${FOCUS}`)) apply(state, entry);
    expect(writeSnapshot(state)).toBe(SNAPSHOT);
    expect(readSnapshot(SNAPSHOT)).toEqual(state);
  });

  it("of version 2 keeps what was attended as a sum, and its gaps have a time", () => {
    expect(SNAPSHOT_2).not.toContain("attention");
    const { attention, streams, ...rest } = readSnapshot(SNAPSHOT_2);
    expect(attention).toEqual({ spans: [], earlier_ms: 700, earlier_to: T + 1_000, pages: {} });
    expect(streams["s1"]).toMatchObject({ gaps: [[1, 1]], gap_at: 0 });
    expect(rest).not.toHaveProperty("clock");
    expect(rest).toMatchObject({ v: 3, seq: 9, engaged_ms: 700, forms: [{ form: "order" }] });
  });

  it.each([
    ["a newer version", '"v":3', '"v":4', "session snapshot: version 4 is newer than this code, which reads 3"],
    ["a version that was never released", '"v":3', '"v":1', "session snapshot: version 1 is too old"],
    ["another shape", '"forms":[', '"forms":null,"old":[', "session snapshot: forms has an unknown shape"],
  ])("of %s is not read", (_, from, to, message) => {
    expect(() => readSnapshot(SNAPSHOT.replace(from, to))).toThrow(message);
  });
});

describe("a head", () => {
  const HEAD = `{"v":1,"session_id":"${ID}","site":"shop","created_at":${T},"key_hash":null,"identity":null,"identity_version":0,"identity_at":0,"addresses":[]}`;
  const FULL = `{"v":1,"session_id":"${ID}","site":"shop","identity_group":"all","created_at":${T},"key_hash":"ab","identity":{"visitor_id":"v","visitor_proven":true,"fingerprint_id":"f","device_id":null,"ip":"198.51.100.0/24","asn":64500,"traits":{"plan":"free"}},"identity_version":2,"identity_at":${T},"addresses":["198.51.100.0/24"],"networks":[64500],"unlinked":true,"leads":["s-1"]}`;

  it("has these bytes, and is read back", () => {
    expect(JSON.stringify(newHead(ID, "shop", T))).toBe(HEAD);
    for (const text of [HEAD, FULL]) expect(JSON.stringify(readText<Head>(readHead, text))).toBe(text);
  });

  it.each([
    ["a newer version", '"v":1', '"v":2', "session head: version 2 is newer than this code"],
    ["no version", '"v":1,', "", "session head has no version"],
    ["another identity", '"traits":{"plan":"free"}', '"traits":null', "session head: identity has an unknown shape"],
    ["addresses that are none", '"addresses":["198.51.100.0/24"]', '"addresses":[7]', "session head: addresses has"],
  ])("of %s is not read", (_, from, to, message) => {
    expect(() => readText(readHead, FULL.replace(from, to))).toThrow(message);
  });
});

describe("flush progress", () => {
  const NEW =
    '{"v":1,"d1":{"through":7,"plan":null,"attempts":0,"retry_at":null,"error":null},"r2":{"through":7,"plan":null,"attempts":0,"retry_at":null,"error":null},"quarantined":0,"last_plan_at":0,"meta_written":false,"identity_in_d1":null,"identity_written":0,"erase":null,"wakes":1,"used_tickets":[]}';
  const FULL = `{"v":1,"d1":{"through":7,"plan":{"lo":8,"hi":9,"at":${T},"identity":1,"refused":[9]},"attempts":2,"retry_at":${T},"error":"D1"},"r2":{"through":9,"plan":null,"attempts":0,"retry_at":null,"error":null},"quarantined":1,"last_plan_at":${T},"meta_written":true,"identity_in_d1":1,"identity_written":1,"erase":{"through":1,"attempts":0,"retry_at":${T},"again":true},"wakes":3,"used_tickets":[["nonce",${T}]],"told":["0 f"],"recording":{"since":${T},"chunks":1,"bytes":20,"streams":{"s1":{"through":1,"gaps":[]}},"withdrawn_at":${T}},"spent":{"bytes":9,"at":${T}},"untold":9,"counted":1}`;

  it("has these bytes, and is read back", () => {
    expect(JSON.stringify(newProgress(7))).toBe(NEW);
    for (const text of [NEW, FULL]) expect(JSON.stringify(readText<Progress>(readProgress, text))).toBe(text);
  });

  it.each([
    ["a newer version", '"v":1', '"v":2', "flush progress: version 2 is newer than this code"],
    ["another plan", '"refused":[9]', '"refused":"9"', "flush progress: d1 has an unknown shape"],
    ["another erasure", '"again":true', '"again":1', "flush progress: erase has an unknown shape"],
    ["another recording", '"chunks":1', '"chunks":"1"', "flush progress: recording has an unknown shape"],
  ])("of %s is not read", (_, from, to, message) => {
    expect(() => readText(readProgress, FULL.replace(from, to))).toThrow(message);
  });
});

describe("a journal row", () => {
  const END = `{"kind":"end","at":${T + 2_000},"received_at":${T + 2_000},"reason":"idle","exit_page":null,"seq":10}`;

  it("is read entry by entry", () => {
    const entries = readEntries(`${START},${FOCUS},${END}`);
    expect(entries.map(({ kind, seq }) => [kind, seq])).toEqual([
      ["start", 8],
      ["event", 9],
      ["end", 10],
    ]);
    expect(entries.map((entry) => JSON.stringify(entry)).join(",")).toBe(`${START},${FOCUS},${END}`);
    expect(readEntries("")).toEqual([]);
  });

  it.each([
    ["a kind nobody knows", '"kind":"end"', '"kind":"pause"'],
    ["a kind that every object has", '"kind":"end"', '"kind":"toString"'],
    ["no seq", ',"seq":10', ""],
    ["no time", `"at":${T + 2_000},`, ""],
  ])("with %s is not read", (_, from, to) => {
    expect(() => readEntries(`${START},${END.replace(from, to)}`)).toThrow("journal entry");
  });

  it("with a kind nobody knows is not folded either", () => {
    const entry = JSON.parse(END.replace("end", "pause")) as Entry;
    expect(() => apply(newState(7), entry)).toThrow("unknown kind pause");
  });
});

describe("a call", () => {
  const CALL = `{"v":1,"session_id":"${ID}","site":"shop","gpc":false,"default_consent":"granted","network":${NETWORK},"key_hash":null,"device_id":null,"start":null,"batch":{"session_id":"${ID}","events":[],"rejected":[]},"end":null}`;
  const LEAD = `{"v":1,"session_id":"${ID}","site":"shop","gpc":false,"default_consent":"granted","key_hash":null,"lead":{"submission":"s-1","honeypot":false,"disposable_email":false},"trusted":true}`;
  const CHUNK = `{"v":1,"session_id":"${ID}","site":"shop","gpc":false,"key_hash":null,"rule":{"above":null,"text":"shown"},"stream":"s1","number":1,"at":${T},"sent_at":${T},"received_at":${T}}`;
  const STORED = `{"v":1,"session_id":"${ID}","stream":"s1","number":1,"at":${T},"sent_at":${T},"received_at":${T},"events":[]}`;

  it("of a page has these bytes", async () => {
    const { session_id, site, gpc, default_consent, network, key_hash, batch } = readText(readTrackCall, CALL);
    const context = { session_id, site, gpc, default_consent, network, key_hash, record: null };
    expect(JSON.stringify(await buildCall(context, batch ? { batch } : {}))).toBe(CALL);
  });

  it.each([
    ["track call", readTrackCall, CALL, '"gpc":false', '"gpc":"no"', "gpc"],
    ["track call", readTrackCall, CALL, '"events":[]', '"events":{}', "batch"],
    ["lead call", readLeadCall, LEAD, '"honeypot":false', '"honeypot":0', "lead"],
    ["chunk call", readChunkCall, CHUNK, '"number":1', '"number":"1"', "number"],
    ["recorded chunk", readStoredChunk, STORED, '"events":[]', '"events":null', "events"],
  ] as const)("(%s) is read, and refused if it is newer or of another shape", (name, read, text, from, to, field) => {
    const parsed: unknown = JSON.parse(text);
    expect(read(parsed)).toBe(parsed);
    expect(() => readText<unknown>(read, text.replace('"v":1', '"v":2'))).toThrow(`${name}: version 2 is newer`);
    expect(() => readText<unknown>(read, text.replace(from, to))).toThrow(`${name}: ${field} has an unknown shape`);
  });

  it("of a lead has the parts that its reader looks at", () => {
    const call: LeadCall = readText(readLeadCall, LEAD);
    expect(call).toMatchObject({ lead: { submission: "s-1" }, trusted: true });
  });
});

describe("a socket's context", () => {
  const WATCH = `{"v":1,"kind":"watch","session_id":"${ID}","ticket":{"nonce":"n","expires_at":5},"protocol":null,"sites":["shop"],"key_id":"root","opened_at":7}`;
  const TRACK = `{"v":1,"kind":"track","session_id":"${ID}","site":"shop","gpc":false,"default_consent":"granted","record":null,"network":${NETWORK},"key_hash":null,"ticket":null,"protocol":null,"opened_at":7,"sender":"ab","is_proved":false,"strikes":0}`;

  it.each([WATCH, TRACK])("is on the request that opens it, and in the attachment: %s", (text) => {
    const { v: _, ...socket } = readText(readContext, text);
    const request = socketRequest(socket);
    expect(request.headers.get("x-pulsegate-socket")).toBe(text);
    expect(readSocket(request)).toEqual(JSON.parse(text));
    expect(readContext(structuredClone(readSocket(request)))).toEqual(JSON.parse(text));
  });

  it.each([
    ["a newer version", WATCH, '"v":1', '"v":2', "watcher's socket: version 2 is newer than this code"],
    ["no version", TRACK, '"v":1,', "", "page's socket has no version"],
    ["no kind", WATCH, '"kind":"watch",', "", "page's socket: site has an unknown shape"],
    ["no key", WATCH, '"key_id":"root",', "", "watcher's socket: key_id has an unknown shape"],
    ["no sender", TRACK, '"sender":"ab",', "", "page's socket: sender has an unknown shape"],
  ])("of %s is not read", (_, text, from, to, message) => {
    expect(() => readText(readContext, text.replace(from, to))).toThrow(message);
  });

  it("is needed", () => {
    expect(() => readSocket(new Request("https://session/"))).toThrow("page's socket has no version");
  });
});
