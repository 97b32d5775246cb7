import * as z from "zod";
import { MAX_URL_UNITS } from "../limits";
import { isHttpUrl } from "./fields";

/** A rendered form: as many fields as a lead may have, hidden campaign fields left room for; a list of all countries. */
export const FORM_MAX_FIELDS = 32;
export const FORM_MAX_OPTIONS = 260;
export const SITE_MAX_FORMS = 20;

/** A site's rules for leads, and the forms that form.js renders. */

const text = z.string().max(256);
const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, "must be 1 to 64 letters, digits, _ . -");

const Option = z.strictObject({ value: text, label: text });

const Kind = z.enum([
  ...(["text", "email", "tel", "url", "number", "date", "textarea"] as const),
  ...(["select", "radio", "checkbox", "hidden"] as const),
]);

/** One field of a rendered form. */
export const FormField = z.strictObject({
  name: FieldName,
  label: text.min(1),
  type: Kind.default("text"),
  required: z.boolean().default(false),
  placeholder: text.optional(),
  /** Said under the field, and read out with it. */
  hint: text.optional(),
  /** Value it begins with; of a hidden field its value. */
  value: text.optional(),
  /** What a browser may fill it with: `name`, `email`, `tel`, … */
  autocomplete: z
    .string()
    .regex(/^[a-z -]{1,64}$/)
    .optional(),
  max_length: z.int().min(1).max(10_000).optional(),
  /** A regular expression the whole text has to match, as HTML's `pattern`. */
  pattern: text.optional(),
  /** What a select or radio group offers. */
  options: z.array(Option).max(FORM_MAX_OPTIONS).optional(),
});
export type FormField = z.infer<typeof FormField>;

/** Where a browser goes from the form's page: an http(s) address, or a path there. */
const Way = z
  .string()
  .max(MAX_URL_UNITS)
  .refine((to) => isHttpUrl(to) || /^\/(?![/\\])/.test(to), "must be an http(s) URL or a path that begins with /");

export const FormDefinition = z.strictObject({
  title: text.optional(),
  /** In the order they are shown. */
  fields: z
    .array(FormField)
    .min(1)
    .max(FORM_MAX_FIELDS)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "names must differ"),
  submit: text.min(1).default("Send"),
  success: text.min(1).default("Thank you. We will be in touch."),
  /** Said when nothing got through; what was typed stays. */
  failure: text.min(1).default("This could not be sent. Please try again."),
  /** Where to go after a success, instead of saying it. */
  redirect: Way.optional(),
  /** CSS custom properties set on the form, without `--pulse-`: `accent`, `radius`, `font`, … */
  theme: z.record(z.string().regex(/^[a-z][a-z-]{0,31}$/), z.string().regex(/^[\w#%.,()"' /-]{1,128}$/)).default({}),
  /** Parameters of the page's address that go along as hidden fields. */
  campaign: z.array(FieldName).max(16).default(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]),
});
export type FormDefinition = z.infer<typeof FormDefinition>;

const REQUIRABLE = ["name", "email", "phone", "message", "project", "location", "team", "source", "keyword"] as const;

export const Forms = z
  .strictObject({
    /** What every lead of the site must have. */
    required: z.array(z.enum(REQUIRABLE)).max(REQUIRABLE.length).default([]),
    /** A field that people do not see: whoever fills it in is no person. */
    honeypot: FieldName.default("pulse_website"),
    /** Hosts a plain form may be sent on to; the page's own host always is. */
    redirect_hosts: z
      .array(z.string().regex(/^[a-z0-9.-]{1,253}(:\d{1,5})?$/, "must be a host"))
      .max(50)
      .default([]),
    /** Minutes without a lead, at a time that usually has them, after which there is an alert. */
    silence_minutes: z.int().min(5).max(10_080).default(30),
    definitions: z
      .record(FieldName, FormDefinition)
      .refine((all) => Object.keys(all).length <= SITE_MAX_FORMS, `at most ${SITE_MAX_FORMS} forms`)
      .default({}),
  })
  .default({ required: [], honeypot: "pulse_website", redirect_hosts: [], silence_minutes: 30, definitions: {} });
export type Forms = z.infer<typeof Forms>;

/** `GET /lead/forms/:site/:name`: a form as whoever shows it needs it. */
export const ShownForm = FormDefinition.extend({ site: z.string(), name: z.string(), honeypot: FieldName });
export type ShownForm = z.infer<typeof ShownForm>;
