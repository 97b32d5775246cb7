import { GONE_MS, PRESS_MS, TAKEN_MS } from "../limits";
import { options } from "../options";
import { listen, safe } from "../safe";
import { isWork } from "../work";
import { formOf } from "./fields";
import { listenInside } from "./shadow";

/** The press of a form's button, or of Enter in one of its fields. */
interface Press {
  form: HTMLFormElement;
  /** `performance.now()` of the press. */
  at: number;
  /** `performance.now()` when the last request that began after the press had ended; 0 if there is none. */
  answeredAt: number;
  isReset: boolean;
}

const SENDS = 'button:not([type="reset"]),[type="submit"],[type="button"],[type="image"],[role="button"]';
const REQUEST = /^(fetch|xmlhttprequest)$/;

/**
 * Calls `sent` for a form that a script of the page sends without a `submit` event: by `form.submit()`; by taking the form's data
 * as its button is pressed; or by a request after the press, if the form then disappears, is reset, or the page is left. Taking the
 * data at another time is no sign, because a page may keep a draft.
 */
export function watchSending(sent: (form: HTMLFormElement) => void): void {
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function () {
    submit.call(this);
    safe(sent)(this);
  };

  let press: Press | undefined;
  const end = (): void => {
    if (press) sent(press.form);
    press = undefined;
  };
  const look = safe((isLeft: boolean) => {
    if (!press?.answeredAt || performance.now() - press.answeredAt > 2 * GONE_MS) return;
    // A form that was removed or is not displayed has no rectangles.
    if (isLeft || press.isReset || !press.form.getClientRects()[0]) end();
  });
  const note = safe((entries: PerformanceEntryList) => {
    for (const { name, startTime, initiatorType } of entries as PerformanceResourceTiming[]) {
      if (!press || startTime < press.at || !REQUEST.test(initiatorType) || !isWork(name, options.endpoint)) continue;
      press.answeredAt = performance.now();
      setTimeout(look, GONE_MS);
    }
  });
  const requests = new PerformanceObserver((list) => note(list.getEntries()));
  let timer = 0;
  const begin = (element: Element): void => {
    const form = formOf(element);
    if (!form) return;
    press = { form, at: performance.now(), answeredAt: 0, isReset: false };
    requests.observe({ type: "resource" });
    clearTimeout(timer);
    timer = setTimeout(() => requests.disconnect(), PRESS_MS);
  };

  listen("click", (event) => {
    const button = event.composedPath().find((one): one is Element => one instanceof Element && one.matches(SENDS));
    if (button) begin(button);
  });
  listen("keydown", (event) => {
    const [target] = event.composedPath();
    if (event.key === "Enter" && target instanceof HTMLInputElement) begin(target);
  });
  // The `submit` event is recorded already, so later signs of the same press are not another submit.
  listenInside("submit", ({ target }) => {
    if (target === press?.form) press = undefined;
  });
  listenInside("formdata", ({ target }) => {
    if (press && target === press.form && performance.now() - press.at < TAKEN_MS) end();
  });
  listenInside("reset", ({ target }) => {
    if (press && target === press.form) press.isReset = true;
  });
  listen("pagehide", () => {
    note(requests.takeRecords());
    look(true);
  });
}
