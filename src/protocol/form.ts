import * as z from "zod";

/** A site's rules for leads, and the forms that form.js renders. */

export const FORM_MAX_FIELDS = 32;

const text = z.string().max(256);
const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, "must be 1 to 64 letters, digits, _ . -");

const Option = z.strictObject({ value: text, label: text });

/** One field of a rendered form. */
export const FormField = z.strictObject({
  name: FieldName,
  label: text.min(1),
  type: z.enum(["text", "email", "tel", "textarea", "select", "checkbox", "hidden"]).default("text"),
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
  options: z.array(Option).max(100).optional(),
});
export type FormField = z.infer<typeof FormField>;

export const FormDefinition = z.strictObject({
  title: text.optional(),
  fields: z
    .array(FormField)
    .min(1)
    .max(FORM_MAX_FIELDS)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "names must differ"),
  submit: text.min(1).default("Send"),
  success: text.min(1).default("Thank you. We will be in touch."),
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
      .refine((all) => Object.keys(all).length <= 20, "at most 20 forms")
      .default({}),
  })
  .default({ required: [], honeypot: "pulse_website", redirect_hosts: [], silence_minutes: 30, definitions: {} });
export type Forms = z.infer<typeof Forms>;
