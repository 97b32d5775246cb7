import type { Ack } from "../../../../core/delivery/streams";
import { NAMED_RANGES } from "../../limits";
import { type Batch, type Range, type Stream, settle } from "../../queue";

/** Forgets what the ack for `batch` settles, also events of earlier calls that got no answer. */
export function settleAll(stream: Stream, batch: Batch, { through, missing }: Pick<Ack, "through" | "missing">): void {
  settle(stream, batch);
  // A full list of missing ranges may be cut short. Above its last range, only the batch itself is surely settled.
  const known = missing[NAMED_RANGES - 1]?.[1] ?? through;
  const isOpen = ([from, to]: Range): boolean => to > known || missing.some(([low, high]) => low <= to && from <= high);
  stream.items = stream.items.filter((item) => isOpen([item.number, item.number]));
  stream.gone = stream.gone.filter(isOpen);
}
