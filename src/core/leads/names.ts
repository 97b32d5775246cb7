import type { LeadInput } from "../../protocol/lead";
import { isVisitorSecret } from "../privacy/names";

/** The spellings of each field that forms and CRMs use, in small letters without separators. */
const SPELLINGS: Record<Exclude<keyof LeadInput, "fields">, readonly string[]> = {
  site: ["site"],
  session_id: ["sessionid"],
  session_key: ["sessionkey"],
  visitor_id: ["visitorid"],
  submission_id: ["submissionid", "idempotencykey"],
  name: ["name", "fullname", "yourname", "contactname", "customername", "displayname"],
  first_name: ["firstname", "fname", "givenname", "forename"],
  last_name: ["lastname", "lname", "surname", "familyname"],
  email: ["email", "emailaddress", "mail", "mailaddress", "youremail", "useremail", "contactemail", "emailid"],
  phone: [
    "phone",
    "phonenumber",
    "phoneno",
    "yourphone",
    "contactphone",
    "contactnumber",
    "tel",
    "telephone",
    "telephonenumber",
    "mobile",
    "mobilenumber",
    "mobilephone",
    "mobileno",
    "cell",
    "cellphone",
    "whatsapp",
  ],
  message: ["message", "yourmessage", "msg", "comment", "comments", "enquiry", "inquiry", "question", "description"],
  project: ["project", "projectname"],
  location: ["location", "city"],
  team: ["team"],
  source: ["source", "leadsource", "utmsource"],
  keyword: ["keyword", "keywords", "utmterm"],
  country_code: ["countrycode", "country", "dialcode", "dialingcode", "phonecode", "phonecountrycode"],
  redirect: ["redirect", "redirecturl", "redirectto", "returnurl"],
};

const FIELD_OF = new Map(
  Object.entries(SPELLINGS).flatMap(([field, names]) => names.map((name) => [name, field] as const)),
);

/** `First-Name`, `first_name` and `firstName` are one name. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[\s_.-]+/g, "");

/** The field a name means, if it means one of ours. */
export const fieldOf = (name: string): string | undefined => FIELD_OF.get(plainName(name));

/** Whether a body is a lead's: it has a key for an email or a phone. */
export const looksLikeLead = (body: Record<string, unknown>): boolean =>
  Object.keys(body).some((name) => ["email", "phone"].includes(fieldOf(name) ?? ""));

/**
 * Browsers fill in a hidden field of this name with the form's charset. It tells how to read the body, and is no field of the lead.
 */
export const isCharsetField = (name: string): boolean => name.toLowerCase() === "_charset_";

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === "";

/**
 * Sorts a body's keys into the lead's fields. What is none of them, and a second spelling of a field that has its value, goes under
 * `fields`, with the name it came with. A number in one of the lead's fields becomes text; all other values stay as they came.
 */
export function sortFields(body: Record<string, unknown>): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const field = fieldOf(name);
    if (isCharsetField(name)) continue;
    if (name === "fields" && isRecord(value)) Object.assign(rest, value);
    else if (field === undefined) rest[name] = value;
    else if (isEmpty(known[field])) known[field] = value;
    else if (!isEmpty(value)) rest[name] = value;
  }
  // Drop the visitor's secret: a form that sends it along has taken it from the device by mistake.
  for (const name of Object.keys(rest)) if (isVisitorSecret(name)) delete rest[name];
  const given = Object.entries(known).filter(([field, value]) => !isAbsent(field, value));
  return { ...Object.fromEntries(given.map(([field, value]) => [field, asText(field, value)])), fields: rest };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The free-text fields, in which an empty text is a text. In any other field, a form's empty input says nothing. */
const TEXTS = new Set([
  "name",
  "first_name",
  "last_name",
  "message",
  "project",
  "location",
  "team",
  "source",
  "keyword",
]);
const isAbsent = (field: string, value: unknown): boolean =>
  value === null || value === undefined || (value === "" && !TEXTS.has(field));

/** A phone or a name may come as a JSON number. */
const asText = (field: string, value: unknown): unknown =>
  typeof value === "number" && Number.isFinite(value) ? (field === "phone" ? numberText(value) : String(value)) : value;

const numberText = (value: number): string => (Number.isSafeInteger(value) ? String(value) : "");
