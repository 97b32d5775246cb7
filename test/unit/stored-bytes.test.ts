import { describe, expect, it } from "vitest";
import { DayBuilder, HourBuilder } from "../../src/core/rollup/build";
import { mergeHours, writeHours } from "../../src/core/rollup/hours";
import type { Facts } from "../../src/core/rollup/session-facts";
import { mergeStored, newSlice, writeSlice } from "../../src/core/rollup/slice";
import { bandOf } from "../../src/core/scoring/ledger";
import { abstentionsOf } from "../../src/core/scoring/needs";
import { ruleSet } from "../../src/core/scoring/ruleset";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import type { Summary } from "../../src/core/session/view";
import { putEvents, putIdentity, putMeta } from "../../src/data/store/archive";
import { putChunk } from "../../src/data/store/recordings";
import { readDetail } from "../../src/data/store/session-row/read";
import { withQuarantined, writeDetail } from "../../src/data/store/session-row/write";
import { DEVICE, FULL, ID, NETWORK, T } from "../support/stored";

/**
 * Stored bytes, written out. A failure here means that rows and objects which exist already would be read wrongly: do not
 * correct the text, give the form a new version. Only a new key at the end of a list needs none: older rows are without it.
 */

const ROW = { started_at: T, last_seq: 100, engagement: 80 };

const EVERYTHING: Summary = {
  ...FULL,
  events_in: "archive",
  abstained: abstentionsOf(1, ruleSet(1).rules),
  engagement_band: bandOf(ROW.engagement),
};

/** Nothing unusual, a device and a screen of one late field each, and a network without an agent in the device's zone. */
const SPARSE: Summary = {
  ...FULL,
  consent: "granted",
  end_reason: "idle",
  late: 0,
  shed: 0,
  quarantined: 0,
  unnumbered_rejected: 0,
  network_changes: 0,
  device_id: null,
  unproven: false,
  traits: {},
  network: { ...NETWORK, timezone: DEVICE.timezone, agent: null },
  device: { timezone: DEVICE.timezone },
  screen: { pixel_ratio: 2 },
  engagement_band: bandOf(ROW.engagement),
};

const EVERYTHING_V2 = `{${[
  '"v":2',
  '"consent":"denied"',
  '"end_reason":null',
  '"events_in":"archive"',
  '"late":1',
  '"shed":2',
  '"quarantined":3',
  '"unnumbered_rejected":4',
  '"network_changes":5',
  '"device_id":"device-1"',
  '"unproven":true',
  '"from":["tablet","google","https://search.example/","spring","?plan=pro","paid_search","cpc","shoes","red"]',
  '"acts":[12345,88,1,7,800,0.25,2]',
  '"client":[["BE",["firefox","linux",120,true,"Curl","tablet","tool"],"a2","n3","DE","Europe/Berlin","TXL","HTTP/3",true,"relay",60,["no_gzip"],"de-DE","apple",21,4,55,"Search Engine Crawler",true],["Mozilla/5.0 (Test)","de","Linux x86_64","Europe/Vienna",8,16,["de","en"]],[1440,900,24,2],["safari","ios","Named","search"]]',
  '"views":{"https://shop.example/pricing":3,"/cart":2,"https://other.example/x":1}',
  '"page_views":9',
  '"pages":4',
  '"counts":[6,2,5,0,0,0,0,0,0,0,0,0,0,0,0,0,1,{"shop.buy":3}]',
  '"traits":{"plan":"pro","age":3}',
  '"streams":[["s1",9,2,1,1],["s2",4]]',
  '"ledger":[["engagement.duration",500,3,"seen"],["engagement.duration",500,4,"seen",1],["engagement.duration",500,5,"seen",35,0,900],{"rule":"engagement.duration","score":"engagement","points":35,"weight":35,"class":"convicting","at":1795000000500,"seq":94,"evidence":"seen","shadow":true}]',
  '"lack":1',
].join(",")}}`;

const SPARSE_V2 = `{${[
  '"v":2',
  '"from":["tablet","google","https://search.example/","spring","?plan=pro","paid_search","cpc","shoes","red"]',
  '"acts":[12345,88,1,7,800,0.25,2]',
  '"client":[["BE",null,"a2","n3","DE",0,"TXL","HTTP/3",true,"relay",60,["no_gzip"],"de-DE","apple",21,4,55,"Search Engine Crawler",true],[{},{},{},"Europe/Vienna"],[{},{},{},2],["safari","ios","Named","search"]]',
  '"views":{"https://shop.example/pricing":3,"/cart":2,"https://other.example/x":1}',
  '"page_views":9',
  '"pages":4',
  '"counts":[6,2,5,0,0,0,0,0,0,0,0,0,0,0,0,0,1,{"shop.buy":3}]',
  '"streams":[["s1",9,2,1,1],["s2",4]]',
  '"ledger":[["engagement.duration",500,3,"seen"],["engagement.duration",500,4,"seen",1],["engagement.duration",500,5,"seen",35,0,900],{"rule":"engagement.duration","score":"engagement","points":35,"weight":35,"class":"convicting","at":1795000000500,"seq":94,"evidence":"seen","shadow":true}]',
].join(",")}}`;

describe("the detail of a session's row, version 2", () => {
  it.each([
    ["of which everything is known", EVERYTHING, EVERYTHING_V2],
    ["of which little is unusual", SPARSE, SPARSE_V2],
  ])("%s has these bytes, and is read from them", (_, summary, text) => {
    expect(writeDetail(summary, ROW)).toBe(text);
    expect(readDetail(text, ROW)).toEqual(summary);
  });

  it("has the events that D1 refused at its end", () => {
    const without = EVERYTHING_V2.replace('"quarantined":3,', "");
    expect(withQuarantined(EVERYTHING_V2, 4)).toBe(`${without.slice(0, -1)},"quarantined":7}`);
  });
});

const START = Date.UTC(2031, 0, 6);
const FACTS: Facts = {
  site: "a",
  visitor_id: "v-1",
  started_at: START + 34_200_000,
  last_event_at: START + 34_800_000,
  country: "DE",
  label: "bot",
  engagement: 45,
  bot: 12,
  vpn: 60,
  risk: 7,
  events: 11,
  source: "google",
  channel: "paid_search",
  campaign: "spring",
  medium: "cpc",
  term: "shoes",
  content: "red",
  referrer: "search.example",
  region: "BE",
  browser: "firefox",
  os: "linux",
  device: "mobile",
  bot_name: "B",
  bot_kind: "search",
  bot_proof: "claimed",
  page_views: 3,
  engaged_ms: 12_345,
  scroll: 88,
  entry: "https://a.example/",
  views: { "https://a.example/": 2, "https://a.example/x": 1 },
  counts: { click: 4, form_submit: 1, page_view: 3 },
  expected: 12,
  missing: 2,
  implausible: 1,
  leads: 1,
  lead_submits: 2,
  rules: ["r"],
};

const PARTS_TEXT = `{${[
  '"country":[[["DE",1,11,3,0,12345,1]],null,0]',
  '"page":[[["https://a.example/",2,1,1,0],["https://a.example/x",1,1,0,0]],null,0]',
  '"source":[[["google",1,11,3,0,12345,1]],null,0]',
  '"campaign":[[["spring",1,11,3,0,12345,1]],null,0]',
  '"device":[[["mobile",1,11,3,0,12345,1]],null,0]',
  '"label":[[["bot",1,11,3,0,12345,1]],null,0]',
  '"engagement":[[["4",1,11,3,0,12345,1]],null,0]',
  '"type":[[["click",4,1],["form_submit",1,1],["page_view",3,1]],null,0]',
  '"region":[[["DE-BE",1,11,3,0,12345,1]],null,0]',
  '"referrer":[[["search.example",1,11,3,0,12345,1]],null,0]',
  '"browser":[[["firefox",1,11,3,0,12345,1]],null,0]',
  '"os":[[["linux",1,11,3,0,12345,1]],null,0]',
  '"rule":[[["r",1,11,3,0,12345,1]],null,0]',
  '"channel":[[["paid_search",1,11,3,0,12345,1]],null,0]',
  '"medium":[[["cpc",1,11,3,0,12345,1]],null,0]',
  '"term":[[["shoes",1,11,3,0,12345,1]],null,0]',
  '"content":[[["red",1,11,3,0,12345,1]],null,0]',
  '"bot_kind":[[["search",1,11,3,0,12345,1]],null,0]',
  '"bot_name":[[["B",1,11,3,0,12345,1]],null,0]',
  '"bot_proof":[[["claimed",1,11,3,0,12345,1]],null,0]',
].join(",")}}`;
const TOTALS_TEXT = "[[1,11,3,0,12345,88,1,1,12,2,1,1],[5888,1]]";
/** The bands and ranges of bands that the scores of `FACTS` lie in. */
const DAY_SLICES =
  "= country=DE page=https://a.example/ page=https://a.example/x source=google campaign=spring device=mobile " +
  "label=bot engagement=4 bot=1 vpn=6 risk=0 channel=paid_search engagement=1+ engagement=2+ engagement=3+ " +
  "engagement=4+ engagement=4- engagement=5- engagement=6- engagement=7- engagement=8- bot=1+ bot=1- bot=2- " +
  "bot=3- bot=4- bot=5- bot=6- bot=7- bot=8- vpn=1+ vpn=2+ vpn=3+ vpn=4+ vpn=5+ vpn=6+ vpn=6- vpn=7- vpn=8- " +
  "risk=0- risk=1- risk=2- risk=3- risk=4- risk=5- risk=6- risk=7- risk=8-";

describe("a rollup's columns", () => {
  const rolled = () => {
    const hour = new HourBuilder();
    hour.add({ ...FACTS, visitor_id: "v-2" });
    return hour.rows();
  };

  it("have these bytes for an hour", () => {
    expect(rolled()).toEqual([{ site: "a", is_bot: 1, totals: TOTALS_TEXT, sketch: "o12", parts: PARTS_TEXT }]);
  });

  it("give the same slice again", () => {
    const slice = newSlice();
    mergeStored(slice, { totals: TOTALS_TEXT, sketch: "o12", parts: PARTS_TEXT });
    expect(writeSlice(slice)).toEqual({ totals: TOTALS_TEXT, sketch: "o12", parts: PARTS_TEXT });
  });

  it("have these bytes for a day, and a row for each of these slices", () => {
    const day = new DayBuilder(START);
    day.add({ ...FACTS, label: null });
    day.add({ ...FACTS, started_at: FACTS.started_at + 3_600_000 });
    const rows = day.rows();
    const [people, bots] = rows;
    const hours = [
      "[[9,[1,11,3,0,12345,88,1,1,12,2,1,1],[0,1]]]",
      "[[10,[1,11,3,0,12345,88,1,1,12,2,1,1],[0,1],[1,1,0,-1]]]",
    ];
    expect([people?.hours, bots?.hours]).toEqual(hours);
    expect(bots?.totals).toBe("[[1,11,3,0,12345,88,1,1,12,2,1,1],[0,1]]");
    for (const text of hours) {
      const read = new Map();
      mergeHours(read, START, text);
      expect(writeHours(read, START)).toBe(text);
    }
    const slices = rows.filter(({ is_bot }) => is_bot === 1).map(({ dimension, value }) => `${dimension}=${value}`);
    expect(slices.toSorted()).toEqual(DAY_SLICES.split(" ").toSorted());
  });
});

/** A bucket that keeps what was put: key, text, options. */
function bucketThatTells() {
  const puts: [key: string, body: unknown, options: unknown][] = [];
  const bucket: Pick<R2Bucket, "put"> = {
    put: async (key: string, body: unknown, options: unknown) => {
      puts.push([key, body, options]);
      return null as never;
    },
  };
  return { bucket: bucket as R2Bucket, puts };
}

const CREATE_ONLY = { onlyIf: { etagDoesNotMatch: "*" }, httpMetadata: { contentType: "application/json" } };
const PREFIX = `sessions/2026/11/18/${ID}/`;

describe("an object of the archive, version 1", () => {
  const identity = {
    visitor_id: "v",
    visitor_proven: true as const,
    fingerprint_id: "f",
    device_id: "d",
    ip: "1.2.3.0",
    asn: 64_500,
    traits: { plan: "pro" },
  };
  const head = {
    ...newHead(ID, "a", T),
    identity,
    identity_version: 3,
    identity_at: T + 5,
    addresses: ["1.2.3.0"],
    identity_group: "shops",
  };
  const state = { ...newState(0), started_at: T, consent: "granted" as const, device: DEVICE, network: NETWORK };

  it("has these bytes as a part of the log", async () => {
    const { bucket, puts } = bucketThatTells();
    const plan = { lo: 1, hi: 2, at: T + 9, identity: 1, refused: [] };
    await putEvents(bucket, head, state, plan, '{"kind":"start"},{"kind":"event"}');
    const text = `{"v":1,"session_id":"${ID}","lo":1,"hi":2,"entries":[{"kind":"start"},{"kind":"event"}]}`;
    expect(puts).toEqual([[`${PREFIX}events/1795000000009-1.json`, text, CREATE_ONLY]]);
  });

  it("has its meta there where its events are in the archive alone", async () => {
    const { bucket, puts } = bucketThatTells();
    const plan = { lo: 1, hi: 1, at: T + 9, identity: 1, refused: [] };
    await putEvents(bucket, head, { ...state, device: null, network: null }, plan, '{"kind":"start"}', true);
    const meta = `{"v":1,"session_id":"${ID}","site":"a","started_at":1795000000000,"device":null,"network":null,"consent":"granted"}`;
    const text = `{"v":1,"session_id":"${ID}","lo":1,"hi":1,"meta":${meta},"entries":[{"kind":"start"}]}`;
    expect(puts).toEqual([[`${PREFIX}events/1795000000009-1.json`, text, CREATE_ONLY]]);
  });

  it("has these bytes as meta.json", async () => {
    const { bucket, puts } = bucketThatTells();
    await putMeta(bucket, head, state);
    const text = `{"v":1,"session_id":"${ID}","site":"a","started_at":1795000000000,"device":{"user_agent":"Mozilla/5.0 (Test)","language":"de","languages":["de","en"],"platform":"Linux x86_64","timezone":"Europe/Vienna","hardware_concurrency":8,"device_memory":16},"network":{"address":"a2","network":"n3","country":"DE","region":"BE","timezone":"Europe/Berlin","colo":"TXL","protocol":"HTTP/3","edge":true,"asn_class":"relay","provider":"apple","timezone_gap":60,"rtt_ms":21,"rtt_excess_ms":4,"bot_score":55,"verified_bot":"Search Engine Crawler","headers":["no_gzip"],"agent":{"bot":"Curl","bot_kind":"tool","browser":"firefox","major":120,"os":"linux","mobile":true,"device":"tablet"},"agentless":true,"language":"de-DE"},"consent":"granted"}`;
    expect(puts).toEqual([[`${PREFIX}meta.json`, text, CREATE_ONLY]]);
  });

  it("has these bytes as an identity", async () => {
    const { bucket, puts } = bucketThatTells();
    await putIdentity(bucket, head, state);
    const text = `{"v":1,"session_id":"${ID}","at":1795000000005,"visitor_id":"v","visitor_proven":true,"fingerprint_id":"f","device_id":"d","ip":"1.2.3.0","asn":64500,"traits":{"plan":"pro"},"addresses":["1.2.3.0"],"identity_group":"shops"}`;
    expect(puts).toEqual([[`${PREFIX}identity/1795000000005-3.json`, text, CREATE_ONLY]]);
  });

  it("is a chunk of a recording under its time, with the lag beside it", async () => {
    const { bucket, puts } = bucketThatTells();
    const body = new ArrayBuffer(3);
    const chunk = { v: 1, session_id: ID, site: "a", gpc: false, key_hash: null, stream: "s1", number: 2 } as const;
    const rule = { above: null, text: "shown" } as const;
    await putChunk(bucket, PREFIX, { ...chunk, rule, at: T, sent_at: T + 1, received_at: T + 11 }, body);
    const options = {
      onlyIf: { etagDoesNotMatch: "*" },
      httpMetadata: { contentType: "application/json", contentEncoding: "gzip" },
      customMetadata: { lag: "10" },
    };
    expect(puts).toEqual([[`${PREFIX}replay/1795000000000-249266194772671.json`, body, options]]);
  });
});
