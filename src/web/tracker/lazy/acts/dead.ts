import type { Kit } from "../../kit";
import { DEAD_BUSY_MS, DEAD_LOOK_MS, DEAD_MIN_MS, DEAD_MS, DEAD_REQUEST_MS } from "../../limits";
import { listen, PASSIVE, safe } from "../../safe";
import { isWork } from "../../work";
import { look } from "./sight";
import { hearUnseen } from "./unseen";

const LOOKS_CLICKABLE = 'button,[role="button"],input[type="button"],a:not([href]),a[href="#"]';
/** The element itself says that nothing will happen. */
const DISABLED = ':disabled,[disabled],[aria-disabled="true"]';
/** Events that are an effect: something moved, opened, began to play, was chosen, sent, copied or left. */
const SIGNS =
  "scroll focusin submit reset invalid input change selectionchange copy cut toggle close cancel play pause seeking " +
  "fullscreenchange enterpictureinpicture pointerlockchange beforeprint dragstart pagehide blur";
/** What counts as the visitor's next act. Moving the pointer does not. */
const ACTS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;
const CHANGES = { subtree: true, childList: true, attributes: true, characterData: true };

/** A click that is being watched. */
interface Watched {
  /** Stops watching: nobody clicked, or the press had an effect. */
  stop(): void;
  /** Takes an event that may be an effect. */
  sense(event: Event): void;
  /** Takes the visitor's next act. */
  goOn(event: Event): void;
}

/** A button that was pressed. */
interface Press {
  button: Element;
  /** Call this when the click has come. `say` is called if it is dead. */
  click(say: () => void): void;
  /** Stops watching: nobody clicked, or the press had an effect. */
  stop(): void;
}

const buttonOf = (event: Event): Element | undefined => {
  const isButton = (one: EventTarget): one is Element => one instanceof Element && one.matches(LOOKS_CLICKABLE);
  const button = event.composedPath().find(isButton);
  return button?.matches(DISABLED) ? undefined : button;
};

/**
 * Returns a function that watches a click and calls `say` if it is dead. A click on what looks like a button is dead if it has
 * no effect: no change, no request to the page's own site, nothing played, copied or opened. It is watched from the press on,
 * because many pages act on that. Where an effect could not be seen, no click is called dead.
 */
export function deadClicks({ options, plug }: Kit): (event: MouseEvent, say: () => void) => void {
  const watched = new Set<Watched>();
  const silent = new Set<() => void>();
  let pressed: Press | undefined;
  hearUnseen(() => {
    for (const { stop } of watched) stop();
  });
  // These listeners are added once, because adding and removing them with each click would take much of its frame's time.
  const senseAll = (event: Event): void => {
    for (const { sense } of watched) sense(event);
  };
  const goOnAll = (event: Event): void => {
    for (const { goOn } of watched) goOn(event);
  };
  for (const sign of SIGNS.split(" ")) listen(sign as keyof WindowEventMap, senseAll);
  for (const act of ACTS) listen(act, goOnAll, PASSIVE);
  // The first look takes longest, because its code is compiled then. Look while idle, so that the first press need not wait.
  (self.requestIdleCallback ?? setTimeout)(safe(() => lookBefore(document.body)));
  const press = (button: Element): Press => watch(button, options.endpoint, watched, silent);
  listen("pointerdown", (event) => {
    pressed?.stop();
    const button = buttonOf(event);
    pressed = button && press(button);
  });
  plug.leaving.push(
    safe(() => {
      for (const say of silent) say();
    }),
  );
  return (event, say) => {
    const button = buttonOf(event);
    // Skip clicks of scripts: no visitor expects an effect.
    if (!button || !event.isTrusted) return;
    const before = pressed?.button === button ? pressed : press(button);
    pressed = undefined;
    before.click(say);
  };
}

/** Looks at the page around `button`. `before` is the state of what may change without a mutation. */
function lookBefore(button: Element) {
  const sight = look(button);
  const { states, near } = sight;
  return { ...sight, before: { states: states(), near: near(), animations: new Set(document.getAnimations?.()) } };
}

const addressNow = (): string => location.href.replace(/#$/, "");
/**
 * Watches the effects of pressing `button`. `watched` holds it meanwhile, `silent` its `tell` while only a request may still end.
 */
function watch(button: Element, endpoint: string, watched: Set<Watched>, silent: Set<() => void>): Press {
  const address = addressNow();
  const { roots, isBlind, states, near, before } = lookBefore(button);
  const timers: number[] = [];
  let from = performance.now();
  let until = Infinity;
  let isClicked = false;
  let tell = (): void => {};

  /** For shadow roots, which most events do not leave, and for events that must not be listened to all the time. */
  const listenHere = (what: "addEventListener" | "removeEventListener"): void => {
    for (const root of roots.slice(1)) for (const sign of SIGNS.split(" ")) root[what](sign, sense, true);
    // Both report downloads, and navigations to slow pages. Not every browser has `navigation`. The other is slow to add, and in some
    // browsers a page with it does not enter the back/forward cache.
    if (window.navigation) window.navigation[what]("navigate", sense, true);
    else window[what]("beforeunload", sense, true);
  };
  const ignore = (): void => {
    changes.disconnect();
    if (isClicked) listenHere("removeEventListener");
    watched.delete(own);
  };
  const stop = (): void => {
    ignore();
    requests.disconnect();
    for (const timer of timers) clearTimeout(timer);
    silent.delete(tell);
  };
  const sense = safe((event: Event) => {
    if (!isClicked) return;
    // A press moves the focus to its own button, which is no effect.
    if (event.type === "focusin" && button.contains(event.target as Node)) return;
    // `addressNow` shows a navigation within the page. Skip its event, because a link to "#" fires it too, and leads nowhere.
    if (event.type === "navigate" && (event as NavigateEvent).destination.sameDocument) return;
    stop();
  });
  const changes = new MutationObserver((records) => {
    // Before the click, changes within the button only show that it is pressed or left.
    if (isClicked || records.some(({ target }) => !button.contains(target))) stop();
  });
  const note = safe((entries: PerformanceEntryList) => {
    for (const entry of entries as PerformanceResourceTiming[])
      if (
        entry.startTime >= from &&
        entry.startTime <= until &&
        entry.initiatorType !== "beacon" &&
        isWork(entry.name, endpoint)
      )
        stop();
  });
  const requests = new PerformanceObserver((list) => note(list.getEntries()));
  const isAnimated = ({ effect }: Animation): boolean => {
    const { target } = effect as KeyframeEffect;
    return !!target && !button.contains(target);
  };
  /** Looks soon after the click for effects that end soon, or that the visitor's next move would change. */
  const lookSoon = safe(() => {
    const fresh = document.getAnimations?.().filter((one) => !before.animations.has(one));
    if (near() !== before.near || fresh?.some(isAnimated)) stop();
  });
  /** Called if there is no effect so far. Later changes may be the visitor's doing, so only a request that began before counts. */
  const fall = safe(() => {
    if (!watched.has(own)) return;
    ignore();
    if (addressNow() !== address || states() !== before.states) return stop();
    until = performance.now();
    silent.add(tell);
    timers.push(setTimeout(tell, DEAD_REQUEST_MS - (until - from)));
  });
  const goOn = safe((event: Event) => {
    if (!isClicked || !event.isTrusted) return;
    // If the visitor acts on something else sooner than that, an effect could come from either act, so give up.
    if (performance.now() - from >= DEAD_MIN_MS) fall();
    else if (buttonOf(event) !== button) stop();
  });

  const own: Watched = { stop, sense, goOn };
  for (const root of roots) changes.observe(root, CHANGES);
  watched.add(own);
  timers.push(setTimeout(stop, DEAD_MS));
  const click = (say: () => void): void => {
    const early = changes.takeRecords();
    if (isBlind || early.some(({ target }) => !button.contains(target))) stop();
    if (!watched.has(own)) return;
    isClicked = true;
    from = performance.now();
    tell = safe(() => {
      note(requests.takeRecords());
      if (!silent.has(tell)) return;
      stop();
      say();
    });
    listenHere("addEventListener");
    requests.observe({ type: "resource" });
    clearTimeout(timers.pop());
    timers.push(setTimeout(() => performance.now() - from > DEAD_BUSY_MS && stop()));
    timers.push(setTimeout(lookSoon, DEAD_LOOK_MS));
    timers.push(setTimeout(fall, DEAD_MS));
  };
  return { button, click, stop };
}
