import * as z from "zod";
import { MAX_URL_UNITS } from "../limits";
import { isHttpUrl } from "./values";

/**
 * A rendered form has at most half of the fields that a lead may have, which leaves room for hidden campaign fields. A field has
 * enough options for a list of all countries.
 */
export const FORM_MAX_FIELDS = 32;
export const FORM_MAX_OPTIONS = 260;
export const SITE_MAX_FORMS = 20;

/** A site's rules for leads, and the forms that form.js renders. */

const text = z.string().max(256);
const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, "must be 1 to 64 letters, digits, _ . -");

const Option = z.strictObject({ value: text, label: text });

const FieldKind = z.enum([
  "text",
  "email",
  "tel",
  "url",
  "number",
  "date",
  "textarea",
  "select",
  "radio",
  "checkbox",
  "hidden",
]);

/** One field of a rendered form. */
export const FormField = z.strictObject({
  name: FieldName,
  label: text.min(1),
  type: FieldKind.default("text"),
  required: z.boolean().default(false),
  placeholder: text.optional(),
  /** Shown under the field; screen readers read it with the field. */
  hint: text.optional(),
  /** The initial value, and the value of a hidden field. */
  value: text.optional(),
  /** HTML's `autocomplete`: `name`, `email`, `tel`, … */
  autocomplete: z
    .string()
    .regex(/^[a-z -]{1,64}$/)
    .optional(),
  max_length: z.int().min(1).max(10_000).optional(),
  /** HTML's `pattern`: a regular expression that the whole text has to match. */
  pattern: text.optional(),
  /** The choices of a select or a radio group. */
  options: z.array(Option).max(FORM_MAX_OPTIONS).optional(),
});
export type FormField = z.infer<typeof FormField>;

/** Where the browser goes after a success: an http(s) address, or a path on the form's host. */
const Way = z
  .string()
  .max(MAX_URL_UNITS)
  .refine((to) => isHttpUrl(to) || /^\/(?![/\\])/.test(to), "must be an http(s) URL or a path that begins with /");

export const FormDefinition = z.strictObject({
  title: text.optional(),
  /** In the order in which they are shown. */
  fields: z
    .array(FormField)
    .min(1)
    .max(FORM_MAX_FIELDS)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "names must differ"),
  submit: text.min(1).default("Send"),
  success: text.min(1).default("Thank you. We will be in touch."),
  /** Shown if the lead could not be sent; what was typed stays in the form. */
  failure: text.min(1).default("This could not be sent. Please try again."),
  /** Where to go after a success, instead of showing `success`. */
  redirect: Way.optional(),
  /** CSS custom properties of the form, without their `--pulse-`: `accent`, `radius`, `font`, … */
  theme: z.record(z.string().regex(/^[a-z][a-z-]{0,31}$/), z.string().regex(/^[\w#%.,()"' /-]{1,128}$/)).default({}),
  /** Parameters of the page's address that are sent as hidden fields. */
  campaign: z.array(FieldName).max(16).default(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]),
});
export type FormDefinition = z.infer<typeof FormDefinition>;

const REQUIRABLE = ["name", "email", "phone", "message", "project", "location", "team", "source", "keyword"] as const;

export const Forms = z
  .strictObject({
    /** Fields that every lead of the site must have. */
    required: z.array(z.enum(REQUIRABLE)).max(REQUIRABLE.length).default([]),
    /** The name of a field that people do not see: only a program fills it in. */
    honeypot: FieldName.default("pulse_website"),
    /** Hosts that a plain form may redirect to, besides the page's own. */
    redirect_hosts: z
      .array(z.string().regex(/^[a-z0-9.-]{1,253}(:\d{1,5})?$/, "must be a host"))
      .max(50)
      .default([]),
    /** Minutes without a lead after which there is an alert, at times that usually have leads. */
    silence_minutes: z.int().min(5).max(10_080).default(30),
    definitions: z
      .record(FieldName, FormDefinition)
      .refine((all) => Object.keys(all).length <= SITE_MAX_FORMS, `at most ${SITE_MAX_FORMS} forms`)
      .default({}),
  })
  .default({ required: [], honeypot: "pulse_website", redirect_hosts: [], silence_minutes: 30, definitions: {} });
export type Forms = z.infer<typeof Forms>;

/** `GET /lead/forms/:site/:name`: all that a page needs to show a form. */
export const ShownForm = FormDefinition.extend({ site: z.string(), name: z.string(), honeypot: FieldName });
export type ShownForm = z.infer<typeof ShownForm>;
