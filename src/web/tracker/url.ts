import { plug } from "./plug";
import { rough } from "./rough";

/** What an event's data says under a name, without secrets. */
export const cleanValue = (name: string, value: unknown): unknown =>
  typeof value === "string" ? (plug.clean ?? rough)(value, name) : value;

/** An address as the server takes it, of a page or an app, without secrets; undefined for `file:`, `mailto:` and the like. */
export const cleanUrl = (href: string): string | undefined =>
  /^(https?|android-app):/.test(href) ? (cleanValue("", href) as string) : undefined;

export const pageUrl = (page = location.href): string => cleanValue("", page) as string;
