/** The tracker's limits and intervals, each with its reason. Milliseconds and bytes unless the name says otherwise. */

/** Events are gathered this long before they go out: one frame for a burst, and still live well within a second. */
export const COALESCE_MS = 250;
/** The contract's number. */
export const BATCH_EVENTS = 100;
/** Event bytes of a batch. With the start (two URLs of 2,048, a user agent) it stays below the 64 KiB of a beacon. */
export const BATCH_BYTES = 50_000;
/** An event above this is not sent at all; two of them fit a batch. A built-in event has under 2 KB. */
export const EVENT_BYTES = 24_000;
/** What browsers let a page have on its way by keepalive and beacon, all calls together (Fetch standard: 64 KiB). */
export const KEEPALIVE_BYTES = 65_536;
/** A refused beacon is halved down to this: below it, size was not the reason. */
export const BEACON_MIN_BYTES = 1_000;
/** Unacked events kept of one page load, in memory and on the device: an hour of a busy page without network. */
export const QUEUE_BYTES = 200_000;
/** Unacked events older than this are dropped: the server remembers an ended session for 24 h. */
export const KEEP_MS = 20 * 3_600_000;
/** Without Web Locks, what a page has left on the device is another's once it was not written for this long. */
export const LEASE_MS = 60_000;
/** Ranges that a batch may name as dropped, and that an ack names as missing: the contract's number. */
export const NAMED_RANGES = 16;
/** An answer that takes longer is not coming: the connection is dead even if nobody said so. */
export const ANSWER_MS = 10_000;
/** A socket that carried nothing for this long is closed, so that the actor and the phone's radio can sleep. */
export const QUIET_MS = 60_000;
/** Retries: doubled from the first to the last. The last bounds how late events are after a long outage. */
export const RETRY_MIN_MS = 1_000;
export const RETRY_MAX_MS = 30_000;
/** A `Retry-After` above an hour is taken as an hour: longer than that no page waits, and a timer has 31 bits. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
/** The server's session time-out too. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** What waits for the page to be idle waits at most this long after its load, and a first call at most this long at all. */
export const IDLE_MS = 2_000;
/** The cookie of a domain is written again for the same session after this: another host may take it for so much older. */
export const SHARED_MS = 60_000;
/** As long as browsers keep a cookie at most; Safari keeps one that a script has written for 7 days. */
export const COOKIE_DAYS = 400;
/** A scroll position is read at most this often. */
export const SCROLL_MS = 250;
/** An element that scrolls stands for the page if it has this share of the window's area: a list beside the content has less. */
export const SCROLLER_SHARE = 0.5;
/** A pointer's position is taken at most this often; with 50 points a path is at least 5 s long. */
export const POINT_MS = 100;
export const PATH_POINTS = 50;
/** While somebody is active there is an event at least this often: the server counts gaps up to 15 s as engagement. */
export const ACTIVE_MS = 10_000;
/** So many clicks within this time and distance (CSS pixels, along x plus along y) are one rage click. */
export const RAGE_CLICKS = 3;
export const RAGE_MS = 1_000;
export const RAGE_PX = 40;
/** A click on something that looks clickable is dead if nothing has come of it by then: slow effects have been seen by 3 s. */
export const DEAD_MS = 3_000;
/** What a visitor does next ends that wait, because what changes then is of their doing; sooner than this, nothing is known. */
export const DEAD_MIN_MS = 1_000;
/** A request that has begun meanwhile is seen only as it ends: so long a click is not called dead. Longer answers are rare. */
export const DEAD_REQUEST_MS = 10_000;
/** By then a click's animation runs, and what a press shows by style alone is shown: some frames, on a slow device too. */
export const DEAD_LOOK_MS = 100;
/** A click's own work, or a dialog that stops the page, took so long: then something has happened. */
export const DEAD_BUSY_MS = 500;
/** Elements beside a button that are looked at: a menu is short, and each costs a style. */
export const NEAR_ELEMENTS = 20;
/** A walk through the page serves this long unless elements come or go: a shadow root may be added to one that is there. */
export const SURVEY_MS = 10_000;
/** Fields whose state is compared: a large form twice over. */
export const FIELDS = 500;
/** A form whose data a script takes this soon after its button was pressed is being sent: checks before it take less. */
export const TAKEN_MS = 1_000;
/** A request that ends within this time of the press may be the form's: longer than that nobody waits for one. */
export const PRESS_MS = 10_000;
/** After the request that sent it a form is gone this soon: pages show their thanks at once, or after an animation. */
export const GONE_MS = 1_000;
/** Different errors told of one page load: a script that fails in every frame must not become the traffic. */
export const ERRORS = 20;
export const ERROR_UNITS = 500;
/** What the server takes as a URL; longer ones lose query and fragment. */
export const URL_UNITS = 2_048;
/** Characters of the names of filled-in fields that are remembered: some hundred names, the newest first. */
export const FIELD_NAME_UNITS = 4_000;
/** A path of more steps than this tells nobody anything. */
export const ELEMENT_UNITS = 120;
/** The server takes JSON of 32 levels; a batch around an event's data has three of them. */
export const DATA_LEVELS = 29;
/** What a page has of consent may come at any time: it is looked for this often, so that an answer counts within half a second. */
export const CONSENT_LOOK_MS = 500;
/** A default that denies clears the device: the answer of an earlier visit has this long to come first, as Google's own guide gives it. */
export const CONSENT_UPDATE_MS = 500;
/** Longer than an hour no default waits: a timer has 31 bits, and one that is given more goes off at once. */
export const CONSENT_UPDATE_MAX_MS = 3_600_000;
/** Calls kept until `init`, on a page that starts the tracker by hand. */
export const EARLY_CALLS = 100;
/** A page's own form is held back this long for the lead's answer; then it goes its own way, under the same submission id. */
export const LEAD_WAIT_MS = 6_000;
/** A rendered form has no other way, so it tries again, and then says so. */
export const LEAD_TRIES = 3;
export const LEAD_RETRY_MS = 1_000;
/** The server takes as much as a short field's value; a campaign's name is a fraction of it. */
export const CAMPAIGN_UNITS = 256;
/** A chunk of a recording goes out this long after its first event: what a crash may cost, against R2's price of a write. */
export const RECORD_FLUSH_MS = 20_000;
/** The first one sooner: most visits that end at once end before this. */
export const RECORD_FIRST_MS = 1_000;
/** Text that goes out before its time, so that what is left when the page goes fits a beacon; and how often at most. */
export const RECORD_FLUSH_UNITS = 30_000;
export const RECORD_GAP_MS = 5_000;
/** Of a recording when the page goes: the rest of the browser's 64 KiB is for the events. */
export const RECORD_LEAVE_BYTES = 40_000;
/** Text of a chunk, unless one event alone has more: a tenth of it is sent. */
export const RECORD_CHUNK_UNITS = 1_000_000;
/** Text kept while the server does not answer, or in the ring; and the largest snapshot: the server takes 4 MiB. */
export const RECORD_KEEP_UNITS = 3_500_000;
/** The server's limit for a chunk as it is sent. */
export const RECORD_CHUNK_BYTES = 512 * 1_024;
/** What is sent of the time before a score has said so; the ring begins anew with a snapshot this often. */
export const RECORD_RING_MS = 30_000;
export const RECORD_CHECKOUT_MS = 12_000;
/** A page that moves by itself while nobody touches it is not recorded any longer than this. */
export const RECORD_IDLE_MS = 60_000;
/** Recordings that a page begins again after the server has ended one. */
export const RECORD_STARTS = 3;
/** A value is looked for in other texts from so many letters and digits on: shorter ones are in every other word. */
export const RECORD_FOUND_UNITS = 4;
/** So much of a longer value's beginning is as good as all of it: the rest may have been typed after the page copied it. */
export const RECORD_BEGINNING_UNITS = 8;
/** Values remembered when their field is empty or gone: a long form ten times over. The oldest goes first. */
export const RECORD_VALUES_KEPT = 500;
/** Of one value; a text that is longer than this is an article. And its lines, which a page may show each by itself. */
export const RECORD_VALUE_UNITS = 10_000;
export const RECORD_VALUE_LINES = 200;
/** Values and lines that are looked for at once, those in fields first: each costs some microseconds when one has changed. */
export const RECORD_PARTS = 2_000;
/** What is looked at of the page's text on either side of one that has changed, where a value may begin or go on. */
export const RECORD_NEAR_UNITS = 64;
export const RECORD_NEAR_TEXTS = 32;
