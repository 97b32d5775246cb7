import type { RecordOrder } from "../../../../protocol/recording";
import type { FullKit } from "../../kit";

/** In the same folder on the server, of the same version. */
const RECORDER = "./recorder.js";

/** Loads the recorder once an ack orders a recording, and passes each order on. */
export function followOrders({ options, cleanUrl, mayStore, addHook }: FullKit): void {
  let recorder: Promise<(order: RecordOrder) => void> | undefined;
  addHook("ack", (ack) => {
    const { record } = (ack ?? {}) as { record?: RecordOrder };
    if (!record) return;
    recorder ??= (import(RECORDER) as Promise<typeof import("../recorder")>).then(({ start }) =>
      start(options, addHook, mayStore, cleanUrl),
    );
    recorder.then((obey) => obey(record)).catch(() => {});
  });
}
