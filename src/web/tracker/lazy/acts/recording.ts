import type { RecordOrder } from "../../../../protocol/recording";
import type { FullKit } from "../../kit";

/** Beside this file: what the server has of the one, it has of the other. */
const RECORDER = "./recorder.js";

/** Loads the recorder once an ack says that the session may be recorded, and passes on what each says. */
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
