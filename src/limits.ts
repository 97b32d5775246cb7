import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time";

/**
 * Limits that senders meet, that wrangler.toml mirrors, or that several rooms share, each with its reason. A number that one
 * file alone needs stands in that file, and one that a folder shares in the folder's own limits.ts. Times are milliseconds,
 * sizes are bytes (or UTF-16 units where a string's own length is what is cheap to know), unless the name says otherwise.
 */

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
/** The URL of a request: Cloudflare's own limit. */
export const MAX_REQUEST_URL_UNITS = 16 * 1024;
/** Any one header: as long as the address of a page, which is the longest thing that a header has to say here. */
export const MAX_HEADER_UNITS = MAX_URL_UNITS;
/** A ticket: it names up to 100 sites of 64 characters, in Base64. */
export const MAX_TICKET_UNITS = 16 * 1024;
/** A user agent, cut before any expression reads it: browsers' have 100 to 300 characters, in-app ones up to 600. */
export const MAX_AGENT_UNITS = 1_024;
/**
 * Agents that an isolate remembers as read: each call of a visitor brings the same one, and reading one takes as long as a batch.
 */
export const AGENTS_REMEMBERED = 256;
/** A short stable element path; the tracker sends under 120. */
export const MAX_ELEMENT_UNITS = 512;
/** A name of an event, trimmed and composed (NFC): a column of a table shows this much of it. */
export const MAX_NAME_UNITS = 64;
/** A name as it is sent. Composing makes a text shorter, but by less than this factor, so a longer name is not looked at. */
export const MAX_RAW_NAME_UNITS = 4 * MAX_NAME_UNITS;
/** A text of an error, such as its stack. The tracker sends 500 units of a message, and what is further down tells little more. */
export const MAX_ERROR_UNITS = 4_096;
/** What a site says is no secret: how many names and patterns, and how long each may be. They travel with each socket's context. */
export const MAX_ALLOWED = 32;
export const MAX_ALLOWED_UNITS = 64;
/** Client ids (visitor, fingerprint): a UUID has 36, a FingerprintJS visitor id 32; 128 leaves room for others. */
export const MAX_ID_UNITS = 128;
/** A visitor's secret: 128 bits as hex digits at least, below which it could be guessed; the tracker's has 72 characters. */
export const MIN_SECRET_UNITS = 32;
export const MAX_SECRET_UNITS = 128;
/** A domain name (RFC 1035, without its last dot). */
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

/** A flush plan: D1 takes parameters up to about 2 MB, and 1,000 rows insert in a few milliseconds. */
export const PLAN_MAX_EVENTS = 1_000;
export const PLAN_MAX_UNITS = 512 * 1024;
/** Stream tickets remembered as used, per session. They expire after a minute. */
export const MAX_USED_TICKETS = 64;
/** How often followers' keys are checked again. A socket whose key was revoked or has expired closes within a minute. */
export const KEY_CHECK_MS = 25 * SECOND_MS;

// --- Time -----------------------------------------------------------------------------------------------------------

/** Retry of a failed flush: 2 s doubled per attempt to at most 2 minutes (D1 stalls of 60 to 80 s happen). */
export const RETRY_MIN_MS = 2 * SECOND_MS;
export const RETRY_MAX_MS = 2 * MINUTE_MS;
/** How long after an erasure to look once more: a put that was given up may have landed behind it. */
export const ERASE_AGAIN_MS = 45 * SECOND_MS;
/** A D1 or R2 call that takes longer counts as failed (it may still land: every write is idempotent). */
export const OUTSIDE_TIMEOUT_MS = 20 * SECOND_MS;
/** Late batches are taken this long after the end; the tracker drops unacked events at 20 h. */
export const LINGER_MS = 24 * HOUR_MS;
/** Sites remembered per isolate, unknown ones too, so that inventing names cannot grow memory. */
export const SITE_CACHE_ENTRIES = 1_000;
/** After a failed look-up of site settings the last known ones serve this long before the next try. */
export const SITE_RETRY_MS = 5 * SECOND_MS;

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
 * The rate-limit bindings, per address (IPv4, or IPv6 /64) and minute, and four times as much per IPv6 /48. Kept equal to
 * wrangler.toml by a test. TRACK: an office of 60 behind one address, each with a batch every 3 s. START: the same office opening
 * two pages each a minute. SITE_STARTS: 100 new sessions a second on one site and location. API: a dashboard with ten views open.
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

// --- Anomalies ------------------------------------------------------------------------------------------------------

export const WEEK_MS = 7 * DAY_MS;
/** Weeks an hour is compared with: two months, so that a season's change does not count as odd for long. */
export const ANOMALY_WEEKS = 8;

// --- Cron -----------------------------------------------------------------------------------------------------------

/** Ages at which a run looks at sessions once more: each is looked at three times, and a run reads three slices. */
export const STALE_AGES_MS: readonly number[] = [2 * HOUR_MS, 6 * HOUR_MS, 25 * HOUR_MS];
export const CRON_PERIOD_MS = 5 * MINUTE_MS;
/**
 * How often the scripts are written to KV, and how long they stay there. A browser may use a script for 25 hours after it asked for
 * it (an hour, and a day while it asks anew), and then load the files that belong to it. If a version was last written a day before
 * a deploy, it is there for 26 hours after the deploy.
 */
export const SCRIPT_RENEW_MS = DAY_MS;
export const SCRIPT_KEPT_SECONDS = 50 * 60 * 60;

// --- Retention ------------------------------------------------------------------------------------------------------

/** The contract's number. */
export const RETENTION_DAYS = 90;
/** Keys in a page of R2's listing, and in one delete: R2's maximum. */
export const RETENTION_PAGE = 1_000;

// --- Leads ----------------------------------------------------------------------------------------------------------

/** A form of 64 fields and a long message; forms have no file uploads here. */
export const LEAD_MAX_BODY_BYTES = 64 * 1024;
/** The longest contact forms have some 40 fields, hidden campaign fields included. */
export const LEAD_MAX_FIELDS = 64;
export const LEAD_MAX_FIELD_NAME_UNITS = 128;
/** RFC 5321: 64 octets before the @, 254 in all. */
export const EMAIL_MAX_UNITS = 254;
export const EMAIL_LOCAL_MAX_UNITS = 64;
/** A phone number as typed: E.164 has 15 digits; people add blanks, brackets, extensions, words and second numbers. */
export const PHONE_MAX_UNITS = 128;
/** The most by which the clocks of two machines of the platform differ. A time that lies further ahead has not come yet. */
export const CLOCK_SKEW_MS = SECOND_MS;
/**
 * How long a submit goes by its name: the usual life of an idempotency key (Stripe's, for one). A page's own retry comes within
 * seconds, a server's within hours. Whoever sends the same after a day means a new submit.
 */
export const SUBMIT_NAME_MS = 24 * HOUR_MS;
/** How long after an alarm that dies half-way another one follows: longer than a whole round of attempts takes. */
export const ALARM_GUARD_MS = 2 * MINUTE_MS;
/** Retry of a claim or a row that D1 did not take: 2 s doubled to at most 2 minutes. */
export const LEAD_RETRY_MIN_MS = 2 * SECOND_MS;
export const LEAD_RETRY_MAX_MS = 2 * MINUTE_MS;
/** Tries to send a lead, per address and minute: a fair's tablet, or an office, with one a second. Kept equal to wrangler.toml. */
export const LEADS_PER_MINUTE = 60;
/**
 * Leads a minute on one site and location: two a second is past any campaign. Leads that the site's own servers send with a key
 * have a separate limit of the same size. Kept equal to wrangler.toml.
 */
export const SITE_LEADS_PER_MINUTE = 120;

// --- Webhooks -------------------------------------------------------------------------------------------------------

/** Standard Webhooks 1.0.0 recommends 15 to 30 s for a receiver. */
export const WEBHOOK_TIMEOUT_MS = 15 * SECOND_MS;
/** Share of a wait that jitter may add, so that the leads of an outage do not come back together. */
export const WEBHOOK_JITTER = 0.2;
/** Deliveries redelivered by one call. */
export const REDELIVER_MAX = 100;

// --- Identities -----------------------------------------------------------------------------------------------------

/**
 * A session may withdraw until its stay after the end is over, so its sightings are kept longer than that. They count for 24 h
 * only.
 */
export const IDENTITY_KEPT_MS = 2 * DAY_MS + HOUR_MS;
/** The counter in KV: a fixed window, and the entry's own time to live. */
export const IDENTITY_COUNTER_MS = DAY_MS;
/** An identity that has not been seen this long is forgotten with its rows: the archive keeps its data as long. */
export const IDENTITY_RETENTION_MS = 90 * DAY_MS;
/** Sessions of a fingerprint that an answer about it looks at, the newest: a person has a few, a farm any number. */
export const FINGERPRINT_MAX_SESSIONS = 500;
/**
 * Other fingerprints that are shown of the same addresses, and addresses that are asked about; and the newest sessions that are
 * looked at on each address.
 */
export const FINGERPRINT_NEIGHBOURS = 25;
export const FINGERPRINT_NEIGHBOUR_SESSIONS = 100;
/** Nodes of an identity's graph: nobody can look at more than this. */
export const IDENTITY_GRAPH_NODES = 200;

// --- Budgets --------------------------------------------------------------------------------------------------------

/**
 * Budgets are counted in bytes. What costs something else counts as the number of bytes that cost as much: a gigabyte comes to some
 * $2 at list prices, whatever it was spent on (`npm run cost -- --attack`). A session: its rows, objects, counters and identities,
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
/** The longest wait for an answer about budgets. A budget that cannot be asked about counts as not spent. */
export const BUDGET_WAIT_MS = 2 * SECOND_MS;
/** Sites whose spending is counted. In production only a site that somebody has set can send. */
export const BUDGET_MAX_SITES = 10_000;
/**
 * Custom event types that D1 knows of a site: a large product has some hundreds. Events of more types go to the archive only, until
 * some types have not been seen for two days.
 */
export const SITE_MAX_TYPES = 1_000;
/** What a site has spent is asked for this often by an isolate, as are its settings. */
export const BUDGET_CACHE_MS = MINUTE_MS;

// --- The database's size --------------------------------------------------------------------------------------------

/** The most that D1 gives one database. */
export const DATABASE_MAX_BYTES = 10_000_000_000;
/** From here on events go to the archive only. What is left is for sessions and leads: 500 MB, some 400,000 of them. */
export const DATABASE_SHED_BYTES = 0.95 * DATABASE_MAX_BYTES;

// --- Erasure --------------------------------------------------------------------------------------------------------

/** Sessions of a visitor looked up at a time: some 100 listings of the archive each, before any of them is erased. */
export const ERASURE_STEP_SESSIONS = 20;
/** Leads of a person, and submits of a lead, looked up at a time. */
export const ERASURE_STEP_LEADS = 100;
export const ERASURE_STEP_SUBMITS = 100;

// --- Recording ------------------------------------------------------------------------------------------------------

/** The contract's number, for a chunk as it is sent and as R2 has it: both may be gzip. */
export const RECORDING_MAX_BYTES = 512 * 1024;
/** A chunk's text: the snapshot of a page with a large style sheet has 1 to 3 MB, and a small gzip may hold any amount. */
export const RECORDING_MAX_TEXT_BYTES = 4 * 1024 * 1024;
