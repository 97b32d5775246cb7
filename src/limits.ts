/**
 * Every limit and interval of the project, each with its reason. Times are milliseconds, sizes are bytes (or UTF-16
 * units where a string's own length is what is cheap to know), unless the name says otherwise.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// --- What one request may bring -------------------------------------------------------------------------------------

/** 100 events of 2.5 KB. A browser cannot send more than 64 KiB by keepalive; the rest is room for server-side senders. */
export const MAX_BODY_BYTES = 256 * 1024;
/** A frame is a batch, so it gets a batch's size. Compared in UTF-16 units, before the frame is parsed. */
export const MAX_FRAME_UNITS = MAX_BODY_BYTES;
/** The contract's number: a batch is one journal row, and a D1 parameter holds ten of them. */
export const MAX_BATCH_EVENTS = 100;
/** SQLite reads JSON to 1,000 levels; no honest event needs more than a few. */
export const MAX_JSON_DEPTH = 32;
/** RFC 9110 recommends that servers take URIs of 8,000 octets; browsers and shared links stay below 2,048. */
export const MAX_URL_UNITS = 2_048;
/** Names of campaigns, sources and media. GA4 keeps 100 characters of each; a list shows 64, and few are longer. */
export const MAX_NAME_POINTS = 64;
/** An address as it is asked for: Cloudflare's own limit. */
export const MAX_REQUEST_URL_UNITS = 16 * 1024;
/** Of any one header: as long as an address of a page, which is the longest thing that one has to say here. */
export const MAX_HEADER_UNITS = MAX_URL_UNITS;
/** A ticket names up to 100 sites of 64 characters, in Base64. */
export const MAX_TICKET_UNITS = 16 * 1024;
/** A user agent, cut before any expression reads it: browsers' have 100 to 300 characters, in-app ones up to 600. */
export const MAX_AGENT_UNITS = 1_024;
/** Agents read lately, in an isolate: each call of a visitor brings the same one, and reading one takes as long as a batch. */
export const AGENTS_REMEMBERED = 256;
/** A short stable element path; the tracker sends under 120. */
export const MAX_ELEMENT_UNITS = 512;
/** A name of an event, trimmed and composed (NFC): a column of a table shows as much of it. */
export const MAX_NAME_UNITS = 64;
/** A name as it is sent: composing makes a text shorter, by less than this, and what is longer is not looked at. */
export const MAX_RAW_NAME_UNITS = 4 * MAX_NAME_UNITS;
/** A text of an error, its stack among them: the tracker sends 500 of a message, and what is further down tells little more. */
export const MAX_ERROR_UNITS = 4_096;
/** What a site says is no secret: names and patterns, and how long one is. It goes along with each socket's context. */
export const MAX_ALLOWED = 32;
export const MAX_ALLOWED_UNITS = 64;
/** Client ids (visitor, fingerprint): a UUID has 36, a FingerprintJS visitor id 32; 128 leaves room for others. */
export const MAX_ID_UNITS = 128;
/** A visitor's secret: 128 bits as hex digits at least, below which it could be guessed; the tracker's has 72 characters. */
export const MIN_SECRET_UNITS = 32;
export const MAX_SECRET_UNITS = 128;
/** A domain name's (RFC 1035, without its last dot). */
export const MAX_DOMAIN_UNITS = 253;
/** Far past any session (10,000 events is a long one), far below 2^53. */
export const MAX_NUMBER = 1_000_000_000;
/** Screen and page coordinates in CSS pixels: the longest page browsers lay out is about 33.5 M px (2^25). */
export const MAX_COORDINATE = 33_554_432;
/** Ranges the client may name as dropped in one batch: as many as an ack names missing. */
export const MAX_GONE_RANGES = 16;
/** Automation signals of a session; the tracker sends seven. */
export const MAX_SIGNALS = 64;
/** Traits are a person's profile, not a document store. JSON text. */
export const MAX_TRAITS_UNITS = 4_096;
/** Distinct traits kept for a session, and their JSON text all together; the newest win. */
export const MAX_TRAITS = 64;
export const MAX_TRAITS_KEPT_UNITS = 16 * 1024;

// --- What a session may hold ----------------------------------------------------------------------------------------

/** The contract's numbers: gaps a stream, streams a session, gaps named in an ack. */
export const MAX_GAPS = 64;
export const MAX_STREAMS = 64;
export const MAX_MISSING_NAMED = 16;
/**
 * What a stream may have lost to count in sums: as many events as a page keeps unacked, which it may drop all at once, and
 * ten for each that came, as of a page that was offline for hours.
 */
export const PLAUSIBLE_LOSS = 250;
export const PLAUSIBLE_LOSS_PER_EVENT = 10;
/** Journal text at which the actor answers `busy`: hours of D1 outage for an ordinary session, and a load of < 100 ms. */
export const JOURNAL_MAX_UNITS = 4 * 1024 * 1024;
/**
 * Small batches are appended to the newest row up to this size: one billed row instead of an insert and a delete. At one
 * frame a second a flush interval fits one row; larger rows would cost more to rewrite than they save.
 */
export const JOURNAL_ROW_UNITS = 16 * 1024;
/** A flush plan: D1 takes parameters up to about 2 MB, and 1,000 rows insert in a few milliseconds. */
export const PLAN_MAX_EVENTS = 1_000;
export const PLAN_MAX_UNITS = 512 * 1024;
/** Custom event types counted by name; later ones are counted together as `other`. */
export const MAX_COUNTED_TYPES = 64;
/** Distinct pages remembered by URL, for the page count of a session: the snapshot is one row with the rest of the head. */
export const MAX_PAGES = 100;
export const MAX_PAGES_UNITS = 32 * 1024;
/** Begun forms followed at a time, and fields remembered of each: a page with more is a generated one. */
export const MAX_OPEN_FORMS = 8;
export const MAX_FORM_FIELDS = 64;
/** Network changes recorded; a phone on a train has a few, a rotating proxy has hundreds. */
export const MAX_NETWORK_CHANGES = 32;
/** Unflushed entries shown by the live view: the newest. */
export const LIVE_MAX_ENTRIES = 1_000;
/** Stream tickets remembered as used, per session. They expire after a minute. */
export const MAX_USED_TICKETS = 64;
/** Sockets of pages on one session, one for each tab of a visitor; of these, from one address (IPv4, or IPv6 /64). */
export const MAX_PAGE_SOCKETS = 64;
export const MAX_SENDER_SOCKETS = 16;
/** Those who follow one session have seats of their own: a team that looks at it together. */
export const MAX_WATCHERS = 32;
/** The tracker opens a socket to send by it: one of which nothing was taken by then is nobody's. */
export const SOCKET_PROOF_MS = 10 * SECOND;
/** Whoever follows is asked for their key again this often: what is revoked or has expired closes within a minute. */
export const KEY_CHECK_MS = 25 * SECOND;
/** So long that look may take: a stalled database must not hold up what else the alarm has to do. */
export const KEY_CHECK_WAIT_MS = 5 * SECOND;

// --- Time -----------------------------------------------------------------------------------------------------------

/** D1 shows a session within 5 s of its first event; 3 s leaves room for the flush itself. */
export const FIRST_FLUSH_MS = 3 * SECOND;
/** Later flushes of D1; the price of a session is mostly how often it is written. Jitter only shortens it. */
export const FLUSH_MS = 30 * SECOND;
/**
 * The archive may lag this long behind: nobody looks at it while a session lives (a replay has what is not there yet from
 * the journal), and each put costs what four rows do.
 */
export const ARCHIVE_MS = 75 * SECOND;
/** A store that is due this soon goes along with one that is due: the archive with the second flush of D1. */
export const ALONG_MS = 25 * SECOND;
/**
 * Share of the wait that jitter may take. A flush is spread by its events' own times already, and each early one is paid
 * for; retries begin together when a store goes down, so they need more.
 */
export const FLUSH_JITTER = 0.1;
export const RETRY_JITTER = 0.25;
/** A flush may come this share of its interval early if the alarm is set for then already. */
export const REUSE_SHARE = 0.25;
/**
 * What D1 keeps of an event's data; the archive has the whole. Most have under 200 bytes, and at the full 2.5 KB one address
 * could fill a database in twenty minutes.
 */
export const EVENT_DATA_BYTES = 1_024;
/** Journal text that flushes at once: half a plan, so that a busy session writes full plans. */
export const FLUSH_AT_UNITS = PLAN_MAX_UNITS / 2;
/** Retry of a failed flush: 2 s doubled per attempt to at most 2 minutes (D1 stalls of 60 to 80 s happen). */
export const RETRY_MIN_MS = 2 * SECOND;
export const RETRY_MAX_MS = 2 * MINUTE;
/** While a withdrawal waits for a store: the promise is a minute. */
export const WITHDRAWN_RETRY_MAX_MS = 15 * SECOND;
/** Between flushes that withdrawals ask for: consent that is toggled must not write at the rate it is toggled. */
export const WITHDRAWAL_GAP_MS = 5 * SECOND;
/** After an erasure, look once more: a put that was given up may have landed behind it. */
export const ERASE_AGAIN_MS = 45 * SECOND;
/** A D1 or R2 call that takes longer counts as failed (it may still land: every write is idempotent). */
export const OUTSIDE_TIMEOUT_MS = 20 * SECOND;
/** Deterministic D1 refusals isolated per alarm: below the 1,000 subrequests of an invocation, with room for the rest. */
export const ISOLATION_MAX_CALLS = 200;
/** Plans written per alarm before it yields to the next one: 20,000 events. */
export const PLANS_PER_ALARM = 20;
/** The web's usual session time-out (Google Analytics, Matomo, Plausible use 30 minutes). */
export const IDLE_MS = 30 * MINUTE;
/** An offset older than this is a wrong clock, not an old event: the tracker drops unacked events at 20 h. */
export const MAX_EVENT_AGE_MS = 24 * HOUR;
/** Late batches are taken this long after the end; the tracker drops unacked events at 20 h. */
export const LINGER_MS = 24 * HOUR;
/** A form nobody has touched for this long is abandoned: the web's session time-out, so that a break is no abandonment. */
export const FORM_ABANDONED_MS = 30 * MINUTE;
/** An act on a page in view counts as attention for this long: a slow reader moves, scrolls or clicks more often than that. */
export const ENGAGED_GAP_MS = 15 * SECOND;
/** Spans of attention kept apart, so that a page that delivers late can fill in between; before them only their sum is kept. */
export const MAX_ATTENTION_SPANS = 16;
/** `Strict-Transport-Security`, seconds: a year, the least that lists of such hosts take, and what most send. */
export const HSTS_SECONDS = 365 * 24 * 3_600;
/** Site settings in the isolate. */
export const SITE_CACHE_MS = 60 * SECOND;
/** Sites remembered per isolate, unknown ones too, so that inventing names cannot grow memory. */
export const SITE_CACHE_ENTRIES = 1_000;
/** After a failed look-up of site settings the last known ones serve this long before the next try. */
export const SITE_RETRY_MS = 5 * SECOND;
/** API keys in the isolate: one that is revoked opens nothing after this. */
export const KEY_CACHE_MS = 60 * SECOND;
/** Keys remembered per isolate, unknown ids too: who invents ids pushes out others' entries, and memory stays. */
export const KEY_CACHE_ENTRIES = 1_000;
/** A stream ticket's life, the contract's number. */
export const TICKET_MS = 60 * SECOND;

// --- Rates ----------------------------------------------------------------------------------------------------------

/** A burst: a form page with mouse paths sends some 20 events/s; 1,000 lets a returning offline queue through. */
export const SESSION_BURST_EVENTS = 1_000;
/** Sustained events/s of one session. A person makes under 10. */
export const SESSION_EVENTS_PER_SECOND = 50;
/** Refused frames in a row after which a socket is closed with 4429. */
export const SOCKET_STRIKES = 20;
/** `Retry-After`, in seconds: for a full journal (a flush interval), and for an actor that could not be reached. */
export const BUSY_RETRY_SECONDS = 30;
export const UNAVAILABLE_RETRY_SECONDS = 2;
/**
 * The rate-limit bindings, per address (IPv4, or IPv6 /64) and minute, and four times as much per IPv6 /48. Kept equal to wrangler.toml by a test.
 * TRACK: an office of 60 behind one address, each with a batch every 3 s. START: the same office opening two pages each
 * a minute. SITE_STARTS: 100 new sessions a second on one site and location. API: a dashboard with ten views open.
 */
export const RATE_PERIOD_SECONDS = 60;
export const TRACK_PER_MINUTE = 1_200;
export const STARTS_PER_MINUTE = 120;
export const SITE_STARTS_PER_MINUTE = 6_000;
export const API_PER_MINUTE = 600;
/**
 * Bytes that one address may have read in an isolate in a minute, inflated: 60 people who are recorded bring a tenth of it. A
 * body is read and checked before anything else can be known of it (`npm run attack` prints what that takes).
 */
export const BODY_BYTES_PER_MINUTE = 32 * 1024 * 1024;
/** Sessions of one stored address in its 24 h window (KV `ip:`), a /24 of IPv4: a large office or a mobile gateway. */
export const STARTS_PER_ADDRESS_DAY = 20_000;
/** KV answers from its edge cache this long; the platform's minimum is 30 s. */
export const KV_CACHE_SECONDS = 60;

// --- Analytics ------------------------------------------------------------------------------------------------------

export const LIST_DEFAULT = 50;
export const LIST_MAX = 100;
export const DEFAULT_RANGE_MS = 7 * DAY;
/** A paint, or an answer to a click, that is said to have taken longer was not waited for by anybody. */
export const MAX_VITAL_MS = 10 * MINUTE;
/** Layout shift is a sum over five seconds of parts of at most 1 each: no page has as many as this. */
export const MAX_LAYOUT_SHIFT = 1_000;
/** A visit of one page is a bounce below this: the threshold of GA4's "engaged session". */
export const BOUNCE_ENGAGED_MS = 10 * SECOND;
/** A `vpn` score from which a session counts as behind one: more evidence for it than against. */
export const VPN_LIKELY = 50;
/** Rows an export reads at a time: about a megabyte of sessions, so that memory stays flat whatever is exported. */
export const EXPORT_PAGE_ROWS = 500;
/** What is sent of an export at a time: some twenty sessions. Smaller ones cost a call each, larger ones are memory. */
export const EXPORT_CHUNK_BYTES = 64 * 1024;

/** Objects fetched ahead while one is being sent: hides R2's latency, and holds at most four plans (2 MB) in memory. */
export const READ_AHEAD = 4;

/** What a key is called in a list; sites a key may be restricted to: one header line's worth in D1. */
export const MAX_KEY_NAME_UNITS = 100;
export const MAX_KEY_SITES = 100;

// --- Rollups --------------------------------------------------------------------------------------------------------

export const HOUR_MS = HOUR;
export const DAY_MS = DAY;
/** The contract's number: values of a dimension that a day keeps by name; the rest is "other". */
export const ROLLUP_TOP = 100;
/**
 * How long after its end a period is rolled up: an idle session ends after 30 minutes, so most of its sessions will not
 * change again. One that does makes the period answer from its rows until it is rolled up anew.
 */
export const ROLLUP_HOUR_AFTER_MS = 90 * MINUTE;
export const ROLLUP_DAY_AFTER_MS = 3 * HOUR;
/**
 * Over more than a day different visitors are counted one by one where at most so many sessions began, on all sites
 * together: it reads an index entry and a row of each, and an overview counts twice, of 10,000 rows it may read.
 */
export const EXACT_VISITORS_SESSIONS = 1_000;
/** How often an answer is begun again because its periods changed while it was read; then it comes from rows alone. */
export const ROLLUP_READ_TRIES = 4;
/** Local days in one answer: three years. */
export const MAX_DAYS = 1_100;
/** Hours in one answer: a month. */
export const MAX_HOURS = 31 * 24;
/** Rows read at a time for a rollup, or for an answer from rows: about 2 MB of text. */
export const FACTS_PAGE_ROWS = 4_000;
/** A run of the cron begins no further period after this long; the next run goes on. */
export const ROLLUP_BUDGET_MS = 20 * SECOND;
/** Periods a run may roll up: some five D1 calls each, far below an invocation's 1,000. */
export const ROLLUP_MAX_PERIODS = 150;
/** A D1 parameter holds about 2 MB; many rows are written in pieces of this much JSON. */
export const D1_PIECE_UNITS = 400 * 1024;

// --- Anomalies ------------------------------------------------------------------------------------------------------

export const WEEK_MS = 7 * DAY;
/** Weeks an hour is compared with: two months, so that a season's change does not count as odd for long. */
export const ANOMALY_WEEKS = 8;
/** A median of fewer is one of two middle ones. */
export const ANOMALY_MIN_WEEKS = 4;
/** 7.4 MADs are five standard deviations of a normal distribution: by chance once in 3.5 million hours. */
export const ANOMALY_MADS = 7.4;
/** A count cannot fall below nothing: 30 that become none are 8 MADs of chance off, and less where it varies more. */
export const ANOMALY_DROP_MADS = 5.5;
/** Hours judged in one answer: a month of them; with the weeks before, some 90 rows of a day for each site and class. */
export const ANOMALY_MAX_MS = 31 * DAY;
/** The weeks before, and the day that the first hour's longest window reaches back. */
export const ANOMALY_LOOK_BACK_MS = ANOMALY_WEEKS * WEEK_MS + DAY;
/** Dead letters counted for one answer: an endpoint that is down for a day makes hundreds. */
export const ANOMALY_MAX_DEAD = 5_000;

// --- Cron -----------------------------------------------------------------------------------------------------------

/** A session not moved for this long should have ended by itself; if it has not, its alarm is lost. */
export const STALE_MS = HOUR;
/** Ages at which a run looks at sessions once more: each is looked at three times, and a run reads three slices. */
export const STALE_AGES_MS: readonly number[] = [2 * HOUR, 6 * HOUR, 25 * HOUR];
export const CRON_PERIOD_MS = 5 * MINUTE;
/** A slice of start times: what passes between two runs. */
export const STALE_SLICE_MS = CRON_PERIOD_MS;
/** Sessions woken per run and slice. */
export const STALE_MAX_WAKES = 200;
/**
 * How often the scripts are written to KV, and how long they stay there. A browser may use a script for 25 hours after it was
 * asked for (an hour, and a day while it asks anew), and then load what belongs to it. Last written a day before a deploy, a
 * version is there for 26 hours after it.
 */
export const SCRIPT_RENEW_MS = DAY;
export const SCRIPT_KEPT_SECONDS = 50 * 60 * 60;
/** An isolate asks KV once a minute which versions are there: one that is not costs nothing more. */
export const SCRIPT_INDEX_MS = MINUTE;
/** Scripts of versions before, in an isolate: two versions of all. The longest has 90 KB. */
export const SCRIPTS_REMEMBERED = 16;

// --- Retention ------------------------------------------------------------------------------------------------------

/** The contract's number. */
export const RETENTION_DAYS = 90;
/**
 * What one invocation of the cron may do: the platform allows 1,000 calls to its stores, and 15 minutes. What is left
 * goes on with the next tick: a page of 1,000 objects is 3 calls, so 250,000 objects in five minutes.
 */
export const RETENTION_CALLS = 750;
export const RETENTION_MS = 10 * MINUTE;
/** Keys a page of R2's listing, and keys a delete: its maximum. */
export const RETENTION_PAGE = 1_000;
/** D1 rows deleted in one statement: tens of milliseconds, in which D1 does nothing else. */
export const RETENTION_STEP_SESSIONS = 200;
export const RETENTION_STEP_EVENTS = 5_000;
/** Leads looked up at a time to be deleted: each is a call or more to its actors. */
export const RETENTION_STEP_LEADS = 50;
/** What a site may set: ten years, the longest that a business has to keep its letters. */
export const LEAD_RETENTION_MAX_DAYS = 3_650;
/** A day may still gain objects this long after it: a session of a day, its linger, and a store's outage. */
export const DAY_OPEN_DAYS = 3;
/** Uses of `admin` and reports of retention are kept this long: a year of evidence. */
export const AUDIT_MS = 365 * DAY;
/** Reports shown with the storage figures: a month of nights. */
export const RETENTION_RUNS_SHOWN = 30;
/** Pages listed for one answer of the storage report: the days that no nightly count has yet, up to 20,000 objects. */
export const STORAGE_LIVE_PAGES = 20;
/** Days one storage report may cover. */
export const STORAGE_MAX_DAYS = 400;

// --- Leads ----------------------------------------------------------------------------------------------------------

/** A form of 64 fields and a long message; forms have no file uploads here. */
export const LEAD_MAX_BODY_BYTES = 64 * 1024;
/** The longest contact forms have some 40 fields, hidden campaign fields included. */
export const LEAD_MAX_FIELDS = 64;
export const LEAD_MAX_FIELD_NAME_UNITS = 128;
/** Parts of a multipart body: more than a form's fields with several values each, and far fewer than 64 KiB could hold. */
export const FORM_MAX_PARTS = 1_000;
/** Names, projects, places: the longest real ones are a few hundred characters. */
export const LEAD_MAX_SHORT_UNITS = 1_000;
/** Free text: two pages of it. */
export const LEAD_MAX_TEXT_UNITS = 10_000;
/** RFC 5321: 64 octets before the @, 254 in all. */
export const EMAIL_MAX_UNITS = 254;
export const EMAIL_LOCAL_MAX_UNITS = 64;
/** A phone number as typed: E.164 has 15 digits; people add blanks, brackets, extensions, words and second numbers. */
export const PHONE_MAX_UNITS = 128;
/** A rendered form: as many fields as a lead may have, hidden campaign fields left room for; a list of all countries. */
export const FORM_MAX_FIELDS = 32;
export const FORM_MAX_OPTIONS = 260;
export const SITE_MAX_FORMS = 20;
/** A form's definition in browsers and caches: as old as the settings in an isolate may be. */
export const FORM_CACHE_SECONDS = 60;
/** A site's settings as ASCII JSON: they travel to their object in one header, and the platform takes 128 KB of those. */
export const SITE_MAX_SETTINGS_BYTES = 64 * 1024;
/** Values of one field sent several times (checkboxes). */
export const LEAD_MAX_VALUES = 50;
/** A repeat within this time of a lead's opening merges into it; later it opens the lead anew. The contract's number. */
export const LEAD_OPEN_MS = 24 * HOUR;
/** Between the clocks of two machines of the platform, at most: what lies further ahead has not been said yet. */
export const CLOCK_SKEW_MS = SECOND;
/**
 * How long a submit goes by its name: the usual life of an idempotency key (Stripe's, for one). A page's own retry comes
 * within seconds, a server's within hours; who sends the same after a day means it anew.
 */
export const SUBMIT_NAME_MS = 24 * HOUR;
/** Submissions one session remembers, to tell a retry; a person sends a handful. Later ones are taken, and not journalled. */
export const SESSION_MAX_LEADS = 64;
/** Newest events and pages shown with a lead. */
export const EVIDENCE_EVENTS = 10;
export const EVIDENCE_PAGES = 20;
/** Reasons shown for each score. */
export const EVIDENCE_REASONS = 20;
/** An alarm that dies half-way is followed by another after this: longer than a whole round of attempts takes. */
export const ALARM_GUARD_MS = 2 * MINUTE;
/** How long a submit waits to hear whether it merged; it is durable before, and 202 either way. */
export const CLAIM_WAIT_MS = 5 * SECOND;
/** Retry of a claim or a row that D1 did not take: 2 s doubled to at most 2 minutes. */
export const LEAD_RETRY_MIN_MS = 2 * SECOND;
export const LEAD_RETRY_MAX_MS = 2 * MINUTE;
/**
 * A session that has not shown whose a lead is, is asked again: after 2 s, then after twice as long each time, 15 times in some 18
 * hours. A page's calls may come so late, and its session speaks for a day after its end.
 */
export const LEAD_ASK_MS = 2 * SECOND;
export const LEAD_ASKS = 15;
/** A merged submission's actor answers retries this long, as long as the submit goes by its name; then it is wiped. */
export const LEAD_LINGER_MS = SUBMIT_NAME_MS;
/** A lead overtakes the start of its session by a round trip at most; then its session is asked for once more. */
export const LEAD_SESSION_WAIT_MS = 400;
/** Tries to send a lead, per address and minute: a fair's tablet, or an office, with one a second. Kept equal to wrangler.toml. */
export const LEADS_PER_MINUTE = 60;
/**
 * Leads a minute on one site and location: two a second is past any campaign. What the site's own
 * servers send with a key has as many apart. Kept equal to wrangler.toml.
 */
export const SITE_LEADS_PER_MINUTE = 120;

// --- Webhooks -------------------------------------------------------------------------------------------------------

/** Standard Webhooks 1.0.0 recommends payloads under 20 KB. */
export const WEBHOOK_MAX_BYTES = 20_000;
/** The same: a receiver gets 15 to 30 s. */
export const WEBHOOK_TIMEOUT_MS = 15 * SECOND;
/** Waits before the second to the ninth attempt: Standard Webhooks' example schedule, stretched over a day of outage. */
export const WEBHOOK_SCHEDULE_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  12 * HOUR,
  24 * HOUR,
];
/** Share of a wait that jitter may add, so that the leads of an outage do not come back together. */
export const WEBHOOK_JITTER = 0.2;
/** `Retry-After` is honoured up to this. */
export const WEBHOOK_MAX_RETRY_AFTER_MS = 24 * HOUR;
/** A delivery held back by its endpoint's breaker is given up at this many times the schedule's length (twice 41 h). */
export const WEBHOOK_EXPIRY_FACTOR = 2;
/** How much of a refusing receiver's answer is read and kept. */
export const WEBHOOK_EXCERPT_BYTES = 512;
/** Failures in a row, over all leads, after which an endpoint is left alone for a while. */
export const BREAKER_FAILURES = 5;
/** Endpoints of a site, and secrets of an endpoint: an old and a new one, and one to spare. */
export const SITE_MAX_WEBHOOKS = 10;
export const WEBHOOK_MAX_SECRETS = 3;
/** Standard Webhooks: 24 to 64 bytes. */
export const WEBHOOK_SECRET_MIN_BYTES = 24;
export const WEBHOOK_SECRET_MAX_BYTES = 64;
/** Deliveries redelivered by one call. */
export const REDELIVER_MAX = 100;

// --- Identities -----------------------------------------------------------------------------------------------------

/** Sessions, addresses, networks and countries of an identity are counted over this long. */
export const IDENTITY_WINDOW_MS = DAY;
/** A session may withdraw until its linger is over: its sightings are kept past that, and count for 24 h only. */
export const IDENTITY_KEPT_MS = 2 * DAY + HOUR;
/** Sightings of one identity: no rule asks for more than 100, and they are one stored value of under 64 KB. */
export const IDENTITY_MAX_SIGHTINGS = 400;
/** As many are written with the record, 8 KB: one row a sighting for all but crowds, whose sightings are a row of their own. */
export const IDENTITY_INLINE_SIGHTINGS = 64;
/** Places (address, network, country) of one fingerprint: a person has a few, a pool of proxies any number. */
export const IDENTITY_MAX_EDGES = 128;
/** The counter in KV: a fixed window, and the entry's own time to live. */
export const IDENTITY_COUNTER_MS = DAY;
/**
 * Objects that hold the fingerprints of a site, and the addresses of all sites. An object takes some 200 writes a second; a
 * site begins at most 100 sessions a second, each with a question or two, and all sites together some 3,000. Not to be
 * changed as they are: a row would be looked for where it is not. Who needs more has sessions tell the number they asked by,
 * and asks by both for as long as identities are kept.
 */
export const IDENTITY_SHARDS = 4;
export const ADDRESS_SHARDS = 16;
/**
 * Between two flushes of a shard: what changes meanwhile goes in one batch. The first does not wait. A KV key takes one write a
 * second; an object that nobody asks sleeps after 10 s, and forgets who waits.
 */
export const IDENTITY_FLUSH_GAP_MS = 5 * SECOND;
/** Identities a flush writes: a counter of each, and one batch for D1; an alarm may do so twice within its 1,000 calls. */
export const IDENTITY_FLUSH_MAX = 400;
/** Identities left unwritten by a death that one alarm writes: ten batches. */
export const IDENTITY_LOOK_MAX = 4_000;
/** Identities a shard remembers as waiting, 1 MB; more are found in its table. */
export const IDENTITY_WAITING_MAX = 10_000;
/** Sightings of records that a shard keeps in memory as they are, some 5 MB: a crowd is not to be parsed each time. */
export const IDENTITY_CACHE_SIGHTINGS = 16 * 1024;
/** How often a shard that was asked looks through its table, for what a death has left unwritten and for what is too old. */
export const IDENTITY_SWEEP_MS = 6 * HOUR;
/** A write that was given up after 20 s may land this much later: D1 stalls of 60 to 80 s happen. */
export const IDENTITY_UNCERTAIN_MS = 60 * SECOND;
/** A shard of this size remembers nobody new: a million identities, a tenth of what an object may hold. */
export const IDENTITY_SHARD_MAX_BYTES = 1024 * 1024 * 1024;
/** Groups of sites whose sessions of one address are added up for its counter. */
export const IDENTITY_COUNTED_GROUPS = 100;
/** An identity that has not been seen this long is forgotten with its rows: what the archive keeps is as old. */
export const IDENTITY_RETENTION_MS = 90 * DAY;
/** How long a flush waits for an identity's answer on its way: the answer then needs no flush of its own. */
export const IDENTITY_WAIT_MS = 300;
/**
 * Identities a session may tell of itself: its fingerprint and as many addresses as network changes are recorded, twice over.
 * A withdrawal asks each of them to forget, and an invocation has 1,000 calls.
 */
export const IDENTITY_MAX_TOLD = 64;
/** Tries to ask about a session, per load of its actor. */
export const IDENTITY_MAX_ASKS = 3;
/** Between two questions of one session, its flushes aside: each wakes two actors, and a script sends forms all the time. */
export const IDENTITY_ASK_GAP_MS = 10 * SECOND;
/** Sessions of a fingerprint that an answer about it looks at, the newest: a person has a few, a farm any number. */
export const FINGERPRINT_MAX_SESSIONS = 500;
/** Sessions a call looks at for a page of fingerprints: where one farm has them all, a page is short, and goes on. */
export const FINGERPRINT_STEP_SESSIONS = 5_000;
/** Other fingerprints shown of the same addresses, addresses asked about, and the newest sessions looked at on each. */
export const FINGERPRINT_NEIGHBOURS = 25;
export const FINGERPRINT_NEIGHBOUR_SESSIONS = 100;
/** Nodes of an identity's graph: more than this nobody can look at. */
export const IDENTITY_GRAPH_NODES = 200;
/** The contract's number: KV writes of one session, its identities' included. */
export const KV_WRITES_PER_SESSION = 3;
/** A flush this late is one of many that fell due together: D1 and R2 come first then. */
export const COUNT_LATE_MS = SECOND;

// --- Budgets --------------------------------------------------------------------------------------------------------

/**
 * Budgets are counted in bytes, and what costs something else counts as many bytes as cost as much: a gigabyte comes to some $2
 * at list prices, whatever it was spent on (`npm run cost -- --attack`). A session: its rows, objects, counters and identities,
 * $60 a million with its writes. A write to a store: an alarm, rows or an object in R2, $4 a million. A call: two requests and a
 * journal row, $1.50 a million. An event: its row and index entry, $2 a million. A change of consent: rows and a listing. An object
 * in R2: traits, or a chunk of a recording. A lead: its actors and rows.
 */
export const CHARGE_SESSION_BYTES = 26 * 1024;
export const CHARGE_WRITE_BYTES = 2 * 1024;
export const CHARGE_CALL_BYTES = 1024;
export const CHARGE_EVENT_BYTES = 1024;
export const CHARGE_CONSENT_BYTES = 16 * 1024;
export const CHARGE_OBJECT_BYTES = 4 * 1024;
export const CHARGE_LEAD_BYTES = 32 * 1024;
/** So many hours' budget may be spent at once: a long visit, or an office on the morning of a sale. */
export const BUDGET_BURST_HOURS = 5;
/** Whoever has spent a budget is told to come back within this, seconds. */
export const BUDGET_MAX_WAIT_SECONDS = 3_600;
/** What a site may set, bytes: from what hardly anything comes of, to more than anybody could pay. */
export const BUDGET_MIN_BYTES = 100_000;
export const BUDGET_MAX_BYTES = 1_000_000_000_000_000;
/** Of a session, an hour: 2,000 events in calls of two, which is a person who clicks twice a second. */
export const SESSION_BYTES_PER_HOUR = 4_000_000;
/** Of an address as it is limited (IPv4 /24, IPv6 /48), an hour: 450 visits of ten events; in the worst day $1.40. */
export const ADDRESS_BYTES_PER_HOUR = 22_000_000;
/** Of an address's leads, an hour: 60 of them, and 300 at once: a fair's tablet. */
export const ADDRESS_LEAD_BYTES_PER_HOUR = 60 * CHARGE_LEAD_BYTES;
/** Of a site, a day: 80,000 visits of ten events, some $8. */
export const SITE_BYTES_PER_DAY = 4_000_000_000;
/** From which share of its site's budget on a session that has spent so many bytes lately is kept in the archive only. */
export const SHED_STEPS: readonly { share: number; bytes: number }[] = [
  { share: 0.5, bytes: 4_000_000 },
  { share: 0.75, bytes: 1_000_000 },
  { share: 0.9, bytes: 250_000 },
  { share: 1, bytes: 64_000 },
  { share: 1.25, bytes: 0 },
];
/** A site whose budget is spent this many times: its sessions have a visit's worth of some 15 events, and as much a day. */
export const SPENT_SHARE = 2;
export const SPENT_SESSION_BYTES = 32 * 1024;
/** What a session has spent is told with its first call, and then from so much on: with a flush, or at once. */
export const BUDGET_TELL_BYTES = 8 * 1024;
export const BUDGET_TELL_NOW_BYTES = 16 * 1024;
/** Nobody waits longer for a word on budgets than that: whoever cannot be asked is taken to have something left. */
export const BUDGET_WAIT_MS = 2 * SECOND;
/** Who has spent more than an hour's is written down this often, the newest of them: a row, and some 60 KB. */
export const BUDGET_KEEP_MS = 10 * SECOND;
export const BUDGET_KEPT_SENDERS = 500;
/** A share of its budget from which a site's calls say so: what is shed begins at half. */
export const BUDGET_NAMED_SHARE = 0.4;
/** What the shards have counted for a site is added up when it is so much of its budget, or has waited so long. */
export const BUDGET_ADD_SHARE = 0.001;
export const BUDGET_ADD_MS = MINUTE;
/** Addresses whose spending a shard remembers, some 5 MB; the one that was heard of longest ago goes first. */
export const BUDGET_MAX_SENDERS = 50_000;
/** Sites counted: in production none can send that nobody has set. */
export const BUDGET_MAX_SITES = 10_000;
/** From here on somebody is told, while there is time to set a larger one. */
export const BUDGET_ALERT_SHARE = 0.8;
/** Sites whose spending is shown: each one's settings are asked for, and an invocation has 1,000 calls. */
export const BUDGET_SITES_SHOWN = 200;
/** Addresses and sessions that an isolate remembers as having spent their budget: their calls wake nothing more. */
export const BUDGET_CACHE_SENDERS = 10_000;
/**
 * Custom event types that D1 knows of a site: a large product has some hundreds. Past them events go to the archive only, until
 * others have not been seen for two days.
 */
export const SITE_MAX_TYPES = 1_000;
/**
 * Of these as many may come first from one network (IPv4 /24, IPv6 /48): more than one visitor's pages bring that nobody else's
 * have, and so few that ten networks are needed to leave a site no room.
 */
export const SENDER_MAX_TYPES = 100;
/** What a site has spent is asked for this often by an isolate, as are its settings. */
export const BUDGET_CACHE_MS = MINUTE;

// --- The database's size --------------------------------------------------------------------------------------------

/** The most that D1 gives one database. */
export const DATABASE_MAX_BYTES = 10_000_000_000;
/** From here on somebody is told: at most sites that leaves weeks. */
export const DATABASE_ALERT_BYTES = 0.8 * DATABASE_MAX_BYTES;
/** From here on events go to the archive only. What is left is for sessions and leads: 500 MB, some 400,000 of them. */
export const DATABASE_SHED_BYTES = 0.95 * DATABASE_MAX_BYTES;

// --- Roster ---------------------------------------------------------------------------------------------------------

/** Shards of the roster: 10,000 visitors at a report every 20 s are 500 reports/s, some 30 a shard, of 200 it could take. */
export const ROSTER_SHARDS = 16;
/** Someone who was not heard of for so long is gone: within 60 s, with the time a report and an answer take. */
export const ROSTER_TTL_MS = 55 * SECOND;
/**
 * A session that goes on says so this often. The tracker sends an event every 10 s while somebody is active, so between
 * two reports there are at most 40 s, and nobody expires who is there.
 */
export const ROSTER_BEAT_MS = 30 * SECOND;
/**
 * Changes (page, verdict, visitor) are told at once, who comes and one change; a session that changes all the time may do so
 * this often, and what it had to keep is told with what it takes next. The end is always told.
 */
export const ROSTER_BURST = 2;
export const ROSTER_REFILL_MS = 3 * SECOND;
/** Seats of a shard: 320,000 visitors in all, and some 10 MB of memory a shard. Who finds none is not shown. */
export const ROSTER_MAX_SEATS = 20_000;
/** How a session's machinery does is remembered this long; one that retries reports at least every two minutes. */
export const HEALTH_TTL_MS = 5 * MINUTE;
/** A shard looks whether it is empty, and then forgets everything, file and all. */
export const ROSTER_SWEEP_MS = 10 * MINUTE;
/** Pages and countries shown of those who are there. */
export const REALTIME_TOP = 10;
/** Visitors shown to who begins to follow a site, the latest. */
export const REALTIME_SHOWN = 1_000;
/** How often those who follow a site are told what has changed there: with a report's time well under 5 s. */
export const REALTIME_POLL_MS = 2_500;
/** People who follow one site at a time. */
export const REALTIME_MAX_WATCHERS = 256;

/** Submits, deliveries and events shown with one lead. */
export const LEAD_DETAIL_ROWS = 100;

// --- Alerts ---------------------------------------------------------------------------------------------------------

/** An alert that has fired fires again after it was over, and not within this time. */
export const ALERT_COOLDOWN_MS = 6 * HOUR;
/** "No leads" looks at the same hours of this many weeks before, */
export const ALERT_WEEKS = 4;
/** and wants at least this many in each of them: with ten expected, none at all has odds of 1 in 22,000. */
export const ALERT_EXPECTED_LEADS = 10;
/** A dead letter is news this long. */
export const ALERT_DEAD_MS = HOUR;
/** An endpoint that its breaker has left alone this long is failing, not stumbling. */
export const ALERT_FAILING_MS = 10 * MINUTE;
/** Failed writes in a row after which a session's flush is stuck (some 2 minutes), and after which it says so again. */
export const STUCK_ATTEMPTS = 6;
export const STUCK_AGAIN = 15;
/** What a stuck session said counts this long: it says it again every half hour. */
export const STUCK_MS = 40 * MINUTE;
/** Stuck sessions remembered per site. In an outage there are thousands, and one alert. */
export const STUCK_MAX = 1_000;
/** Sites looked at by one run of the cron. */
export const ALERT_MAX_SITES = 500;
/** A delivery this long past its time has lost its alarm; so many are woken by one run. */
export const DELIVERY_OVERDUE_MS = 15 * MINUTE;
export const DELIVERY_MAX_WAKES = 200;

// --- Erasure --------------------------------------------------------------------------------------------------------

/** An erased session's actor refuses what comes late for as long as anything of its time is kept. */
export const TOMBSTONE_MS = RETENTION_DAYS * DAY;
/** How long an erasure waits for a session's flush that is under way: as long as its stores are waited for, and settled. */
export const ERASE_WAIT_MS = OUTSIDE_TIMEOUT_MS + 5 * SECOND;
/** What one call of an erasure works before it answers that it goes on by itself. */
export const ERASURE_CALL_MS = 20 * SECOND;
/** Sessions of a visitor looked up at a time: some 100 listings of the archive each, before any of them is erased. */
export const ERASURE_STEP_SESSIONS = 20;
/** Leads of a person, and submits of a lead, looked up at a time. */
export const ERASURE_STEP_LEADS = 100;
export const ERASURE_STEP_SUBMITS = 100;
/** Lead actors that one alarm of an erasure erases: half of an invocation's 1,000 calls, the look-ups left room for. */
export const ERASURE_STEP_ACTORS = 500;
/** Days the archive may have: what retention keeps, a week that it may be behind, and a clock that is ahead. */
export const ERASURE_DAYS = RETENTION_DAYS + 9;
/** After a failed step, or a death. */
export const ERASURE_RETRY_MS = 30 * SECOND;

// --- Rebuild --------------------------------------------------------------------------------------------------------

/** One step: some 70 sessions, within the platform's 1,000 calls and what a client waits for. */
export const REBUILD_CALLS = 700;
export const REBUILD_MS = 20 * SECOND;
/** One step of reading the archive's logs: the same. */
export const LOGS_CALLS = 700;
export const LOGS_MS = 20 * SECOND;

// --- Recording ------------------------------------------------------------------------------------------------------

/** The contract's number, for a chunk as it is sent and as R2 has it: both may be gzip. */
export const RECORDING_MAX_BYTES = 512 * 1024;
/** A chunk's text: the snapshot of a page with a large style sheet has 1 to 3 MB, and a small gzip may hold any amount. */
export const RECORDING_MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** rrweb events of a chunk: at most some 50 a second come from one page, and a chunk covers a minute at most. */
export const RECORDING_MAX_EVENTS = 10_000;
/** Browsers nest elements 512 deep, and each is two levels of JSON. */
export const RECORDING_MAX_DEPTH = 1_200;
/** Objects of one session: five hours at one every 20 s, and $0.0045 of R2's writes. */
export const RECORDING_MAX_CHUNKS = 1_000;
/** Bytes of one session: a visit of ten minutes has about one megabyte. Kept 90 days, this much costs $0.0015. */
export const RECORDING_MAX_SESSION_BYTES = 32 * 1024 * 1024;
/** Chunks a session may send at once (a page's first, what an outage has held back), and a second after that. */
export const RECORDING_BURST = 20;
export const RECORDING_PER_SECOND = 0.5;
/** A chunk for which its session is not ready (no event yet, an erasure under way) may be sent again after this, in seconds. */
export const RECORDING_RETRY_SECONDS = 10;
