import type { Summary } from "../../../core/session/view";
import { FormError, isFields } from "../../../core/stored";
import { DETAIL_VERSION, type DetailV2 } from "./layout";

/** Version 1 has no `v`, and the summary as it is. */
export type StoredDetail = DetailV2 | (Summary & { v?: undefined });

/** A `detail` as stored, of a version that this code knows. */
export function readStored(text: string): StoredDetail {
  const stored: unknown = JSON.parse(text);
  if (!isFields(stored)) throw new FormError("a session's detail is no object");
  const version = stored["v"] ?? 1;
  if (version !== 1 && version !== DETAIL_VERSION) throw new FormError(`a session's detail is of version ${version}`);
  return stored as unknown as StoredDetail;
}
