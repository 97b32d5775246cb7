import { useEffect, useRef } from "preact/hooks";
import { GO } from "./go";
import { isHelpOpen } from "./help-open";

const KEYS = [
  ["?", "This list"],
  ["/", "The first filter of a view"],
  ...Object.entries(GO).map(([key, [, title]]) => [`g ${key}`, title] as const),
  ["Space", "Replay: play or pause"],
  ["← →", "Replay: five seconds back or on"],
] as const;

/** The keyboard shortcuts, in a native dialog. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = (): void => {
    isHelpOpen.value = false;
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">Keyboard</h2>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
