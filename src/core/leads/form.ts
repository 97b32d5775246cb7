import type { Forms, ShownForm } from "../../protocol/form";
import { fieldOf } from "./names";

/**
 * Pure. A form with all that a page needs to show it; null if the site has none of this name. What the site requires of every lead
 * is required here, too, because a lead without it would be refused.
 */
export function shownForm(site: string, name: string, { definitions, honeypot, required }: Forms): ShownForm | null {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (!definition) return null;
  const isRequired = (field: string): boolean => required.some((one) => one === fieldOf(field));
  const fields = definition.fields.map((field) => ({ ...field, required: field.required || isRequired(field.name) }));
  return { site, name, honeypot, ...definition, fields };
}
