import { plug } from "./plug";
import { rough } from "./rough";

/** A value of an event's data, without secrets. `name`: its name in the data. */
export const cleanValue = (name: string, value: unknown): unknown =>
  typeof value === "string" ? (plug.clean ?? rough)(value, name) : value;

/** An address of a page or an app, without secrets. Undefined for `file:`, `mailto:` and others that the server refuses. */
export const cleanUrl = (href: string): string | undefined =>
  /^(https?|android-app):/.test(href) ? (cleanValue("", href) as string) : undefined;

export const pageUrl = (page = location.href): string => cleanValue("", page) as string;
