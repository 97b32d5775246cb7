/** The tracker's limits and intervals, each with its reason. Milliseconds and bytes unless the name says otherwise. */

/** Events are gathered this long before they are sent, so that a burst is one call, and still shows live well within a second. */
export const COALESCE_MS = 250;
/** Events of a batch. The server takes no more. */
export const BATCH_EVENTS = 100;
/** Event bytes of a batch. With the start (two URLs of 2,048, a user agent) it stays below the 64 KiB of a beacon. */
export const BATCH_BYTES = 50_000;
/** An event above this is not sent at all; two of them fit a batch. A built-in event has under 2 KB. */
export const EVENT_BYTES = 24_000;
/** Bytes that browsers let a page have in flight by keepalive and beacon, all calls together (Fetch standard: 64 KiB). */
export const KEEPALIVE_BYTES = 65_536;
/** A refused beacon is halved down to this: below it, size was not the reason. */
export const BEACON_MIN_BYTES = 1_000;
/** Unacked events kept of one page load, in memory and on the device: an hour of a busy page without network. */
export const QUEUE_BYTES = 200_000;
/** Unacked events older than this are dropped: the server remembers an ended session for 24 h. */
export const KEEP_MS = 20 * 3_600_000;
/** Without Web Locks, another page may take over a queue that was not written for this long. */
export const LEASE_MS = 60_000;
/** Ranges that a batch may name as dropped, and that an ack names as missing, at most. The server has the same numbers. */
export const NAMED_RANGES = 16;
/** An answer that takes longer is not coming: the connection is dead even if no error says so. */
export const ANSWER_MS = 10_000;
/** A socket that carried nothing for this long is closed, so that the actor and the phone's radio can sleep. */
export const QUIET_MS = 60_000;
/** Wait before a retry: doubled from the first number to the last. The last bounds how late events are after a long outage. */
export const RETRY_MIN_MS = 1_000;
export const RETRY_MAX_MS = 30_000;
/** A `Retry-After` above an hour counts as an hour: no page waits longer, and a timer has 31 bits. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
/** A session is over after this long without an event. The server has the same time-out. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** acts.js is loaded when the page is idle, and at the latest this long after the tracker has started. */
export const IDLE_MS = 2_000;
/** For the same session, the cookie of a domain is written again after this. Other hosts may take the session for so much older. */
export const SHARED_MS = 60_000;
/** Browsers keep a cookie at most this long. Safari keeps one that a script has written for 7 days. */
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
/** A click on something that looks clickable is dead if it has had no effect after this long: even slow effects show by then. */
export const DEAD_MS = 3_000;
/** The visitor's next act ends that wait, because later changes may be its effect. If it comes before this, nothing is known. */
export const DEAD_MIN_MS = 1_000;
/** A request that has begun meanwhile shows only as it ends, so a click is not called dead before this. Longer answers are rare. */
export const DEAD_REQUEST_MS = 10_000;
/** By then a click's animation runs, and an effect by style alone is visible: this is some frames, on a slow device too. */
export const DEAD_LOOK_MS = 100;
/** If a click's own work, or a dialog that stops the page, took longer than this, the click had an effect. */
export const DEAD_BUSY_MS = 500;
/** Elements beside a button that are checked: a menu is short, and each check makes the browser compute a style. */
export const NEAR_ELEMENTS = 20;
/** A survey of the page is used this long unless elements come or go. It expires, because an element may get a shadow root. */
export const SURVEY_MS = 10_000;
/** Fields whose state is compared, at most: twice a large form. */
export const FIELDS = 500;
/** A form is being sent if a script takes its data this soon after its button was pressed: checks before that take less. */
export const TAKEN_MS = 1_000;
/** A request that ends within this time of the press may be the form's: nobody waits longer for one. */
export const PRESS_MS = 10_000;
/** A form that was sent is gone this soon after its request: pages show their thanks at once, or after an animation. */
export const GONE_MS = 1_000;
/** Different errors recorded for one page load: a script that fails in every frame must not become the traffic. */
export const ERRORS = 20;
export const ERROR_UNITS = 500;
/** The server's limit for a URL. A longer one loses query and fragment. */
export const URL_UNITS = 2_048;
/** Characters of the remembered names of filled-in fields: some hundred names, the newest first. */
export const FIELD_NAME_UNITS = 4_000;
/** Characters of an element's path. A longer path would tell nobody more. */
export const ELEMENT_UNITS = 120;
/** The server takes JSON of 32 levels; a batch around an event's data has three of them. */
export const DATA_LEVELS = 29;
/** A page's consent management may load at any time. It is looked for this often, so that an answer counts within half a second. */
export const CONSENT_LOOK_MS = 500;
/** A default that denies clears the device, so it waits at least this long for an earlier visit's answer, as in Google's guide. */
export const CONSENT_UPDATE_MS = 500;
/** A default waits at most an hour: a timer has 31 bits, and one that is given more fires at once. */
export const CONSENT_UPDATE_MAX_MS = 3_600_000;
/** Calls kept until the tracker starts, on a page that starts it by hand, or on which form.js loads first. */
export const EARLY_CALLS = 100;
/** A page's own form is held back this long for the lead's answer. Then it is submitted as usual, under the same submission id. */
export const LEAD_WAIT_MS = 6_000;
/** A rendered form has no other way to send its lead, so it tries this often before it shows that it has failed. */
export const LEAD_TRIES = 3;
export const LEAD_RETRY_MS = 1_000;
/** Characters of a campaign. A campaign's name is a fraction of it, and the server takes more in a short field. */
export const CAMPAIGN_UNITS = 256;
/**
 * Bytes of a session's campaign in the cookie of a domain, escaped: with the ids beside it they fit the 4 KB that a cookie may have.
 * A campaign that is cut looks like another one on the next host, and begins a session there.
 */
export const SHARED_CAMPAIGN_BYTES = 3_000;
/** A chunk of a recording goes out this long after its first event: a crash may lose that much, but a write to R2 has its price. */
export const RECORD_FLUSH_MS = 20_000;
/** The first chunk goes out sooner: most visits that end at once end before this. */
export const RECORD_FIRST_MS = 1_000;
/** A chunk with more characters goes out early, so that what is left when the page goes fits a beacon; and how often at most. */
export const RECORD_FLUSH_UNITS = 30_000;
export const RECORD_GAP_MS = 5_000;
/** Bytes of a recording that are sent when the page is left. The rest of the browser's 64 KiB is for the events. */
export const RECORD_LEAVE_BYTES = 40_000;
/** Characters of a chunk, unless one event alone has more. Packed, a tenth of it is sent. */
export const RECORD_CHUNK_UNITS = 1_000_000;
/** Characters kept while the server does not answer, or in the ring; and of the largest snapshot. The server takes 4 MiB. */
export const RECORD_KEEP_UNITS = 3_500_000;
/** The server's limit for a chunk as it is sent. */
export const RECORD_CHUNK_BYTES = 512 * 1_024;
/** If a score starts a recording, this much of the time before is sent too; and how often the ring begins anew with a snapshot. */
export const RECORD_RING_MS = 30_000;
export const RECORD_CHECKOUT_MS = 12_000;
/** A page that changes by itself while nobody touches it is recorded no longer than this. */
export const RECORD_IDLE_MS = 60_000;
/** Recordings that a page load begins at most, counting those after the server has ended one. */
export const RECORD_STARTS = 3;
/** A value with at least this many letters and digits is looked for inside other texts. Shorter ones are in every other word. */
export const RECORD_FOUND_UNITS = 4;
/** This much of a longer value's beginning counts as the value, because the rest may have been typed after the page copied it. */
export const RECORD_BEGINNING_UNITS = 8;
/** Values remembered after their field is empty or gone: ten times a long form. The oldest goes first. */
export const RECORD_VALUES_KEPT = 500;
/** Characters of one value: a longer text is an article. And its lines, because a page may show each by itself. */
export const RECORD_VALUE_UNITS = 10_000;
export const RECORD_VALUE_LINES = 200;
/** Values and lines that are looked for at once, those in fields first: when a value has changed, each costs some microseconds. */
export const RECORD_PARTS = 2_000;
/** How much text is searched on either side of one that has changed, because a value may begin or go on there: units, and texts. */
export const RECORD_NEAR_UNITS = 64;
export const RECORD_NEAR_TEXTS = 32;
