import * as z from "zod";
import { SiteName } from "../../protocol/values";
import { ListQuery } from "./list";

/**
 * How long a key's name may be (UTF-16 units), and to how many sites a key may be restricted: a ticket names all of them in one
 * header.
 */
export const MAX_KEY_NAME_UNITS = 100;
export const MAX_KEY_SITES = 100;

/** What a key may do. No scope includes another: `admin` does not read, `read` does not export. */
export const SCOPES = ["ingest", "read", "export", "inspect", "admin"] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

/** `POST /analytics/keys` */
export const KeyInput = z.strictObject({
  name: z.string().trim().min(1).max(MAX_KEY_NAME_UNITS),
  scopes: z
    .array(Scope)
    .min(1)
    .max(SCOPES.length)
    .transform((scopes) => [...new Set(scopes)]),
  /** The only sites that the key sees; null or absent: all of them. */
  sites: z.array(SiteName).min(1).max(MAX_KEY_SITES).nullish(),
  /** Null or absent: the key never expires. */
  expires_at: z.int().nullish().meta({ description: "When it stops opening anything, epoch milliseconds" }),
});
export type KeyInput = z.infer<typeof KeyInput>;

const Time = z.int().meta({ description: "Epoch milliseconds" });

/** A key as lists show it, without its secret. */
export const ApiKey = z.object({
  key_id: z.string(),
  name: z.string(),
  scopes: z.array(Scope),
  sites: z.array(z.string()).nullable(),
  created_at: Time,
  revoked_at: Time.nullable(),
  expires_at: Time.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const KeysQuery = ListQuery;
export const KeyBody = z.object({ data: ApiKey });
export const KeysPage = z.object({ data: z.array(ApiKey), next_cursor: z.string().nullable() });
export const NewKeyBody = z.object({
  data: ApiKey.extend({ key: z.string().meta({ description: "The key itself, shown this once" }) }),
});

/** One use of the scope `admin`. `status` is the answer's HTTP status; null if the answer was never known. */
export const AuditEntry = z.object({
  at: Time,
  audit_id: z.string(),
  key_id: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  status: z.int().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = z.object({ data: z.array(AuditEntry), next_cursor: z.string().nullable() });
