import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { storedEvents } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits } from "./setting";

/** Each works, by its handler: what a click on it does shows nowhere in the document's elements. */
const WORKING: Record<string, string> = {
  command: "",
  copy: "navigator.clipboard.writeText('code').catch(() => {})",
  "copy-by-command": "document.execCommand('copy')",
  checked: "tick.checked = !tick.checked",
  indeterminate: "tick.indeterminate = !tick.indeterminate",
  value: "amount.value = Number(amount.value) + 1",
  chosen: "size.value = '2'",
  audio: "new Audio(SILENCE).play().catch(() => {})",
  tone: "const audio = new AudioContext(); new OscillatorNode(audio).start()",
  "open-root": "card.shadowRoot.firstChild.textContent += '.'",
  "open-root-within": "card.shadowRoot.querySelector('div').shadowRoot.firstChild.data += '.'",
  "open-root-field": "card.shadowRoot.querySelector('input').checked ^= 1",
  animation: "box.animate([{ opacity: 0 }, { opacity: 1 }], 400)",
  request: "fetch('/blank')",
  dialog: "confirm('Sure?')",
  "saved-blob": "save(window.URL.createObjectURL(new Blob(['a,b'])))",
  "saved-data": "save('data:text/csv,a,b')",
  address: "history.pushState({}, '', '/#next')",
  files: "Object.assign(document.createElement('input'), { type: 'file' }).click()",
  window: "window.open('/blank')",
  buzz: "navigator.vibrate(20)",
  pointer: "",
  menu: "",
};

const BODY = `
  <style>
    #menu span { display: none } #menu:focus-within span { display: inline }
    button, a { transition: transform 1s } button:hover { transform: scale(1.02) } button:active { transform: none }
    h4 { height: 10px; transition: background 1s } h4:hover { background: red }
  </style>
  <h4></h4><button id="dead">Dead</button> <button id="dead-late">Dead too</button> <a id="nowhere" href="#">Nowhere</a>
  <button id="told" aria-disabled="true">Not now</button> <button id="by-script">By a script</button>
  <div>${Object.entries(WORKING)
    .filter(([id]) => !["command", "menu"].includes(id))
    .map(([id, code]) => `<button id="${id}" onclick="${code}">${id}</button>`)
    .join(" ")}</div>
  <button id="command" commandfor="more" command="toggle-popover">command</button>
  <button id="popover" popovertarget="more">popover</button>
  <div id="menu"><button>menu</button> <span>What is in it</span></div>
  <button id="late" onclick="setTimeout(() => { document.title += '.' }, 1500)">late</button>
  <button id="slow" onclick="fetch('/slow')">slow</button>
  <div id="more" popover="manual" style="inset: auto 0 0 auto">More</div>
  <input type="checkbox" id="tick"> <input id="amount" value="1"> <select id="size"><option>1<option>2</select>
  <b id="box">Box</b> <div id="card"></div>
  <script>
    const SILENCE = "data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
    const save = (href) => Object.assign(document.createElement("a"), { href, download: "prices.csv" }).click();
    card.attachShadow({ mode: "open" }).innerHTML = "<b>1</b><div></div><input type=checkbox>";
    card.shadowRoot.querySelector("div").attachShadow({ mode: "open" }).append("2");
    // As menus do that open on the press.
    pointer.onpointerdown = () => { document.title += "."; };
  </script>`;

/** An effect that cannot be seen could show in either. */
const BLIND = {
  "a canvas": `<canvas id="drawing" width="200" height="50"></canvas>
    <script>const pen = drawing.getContext("2d"); x.onclick = () => pen.fillRect(0, 0, 9, 9);</script>`,
  "a closed shadow root": `<x-card style="display: block"></x-card><script>
    customElements.define("x-card", class extends HTMLElement {
      constructor() {
        super();
        const root = this.attachShadow({ mode: "closed" });
        root.innerHTML = "<b>1</b>";
        x.onclick = () => { root.firstChild.textContent += "."; };
      }
    });</script>`,
};

/** What a visitor does next says no more of the click before: a moment longer than that takes. */
const NEXT_MS = 1_300;
/** And longer than any effect is waited for. */
const LAST_MS = 3_300;

describeVisits("a click on what looks like a button", (setting) => {
  const visit = async (body: string): Promise<{ page: Page; id: string }> => {
    const shop = await setting.otherShop({ body });
    const page = await setting.visit(shop.url);
    return { page, id: await sessionIdOf(page) };
  };
  const click = async (page: Page, target: string, ms = NEXT_MS): Promise<void> => {
    // Some wait for a button to be enabled, and one never is.
    await page.click(target, { force: target === "#told" });
    await page.waitForTimeout(ms);
  };
  /** Leaves the page, and gives what was clicked in vain. */
  const dead = async (page: Page, id: string): Promise<(string | null)[]> => {
    await setting.depart(page, id);
    const events = (await storedEvents(setting.server, id)).filter(({ event_type }) => event_type === "dead_click");
    return events.sort((a, b) => a.number - b.number).map(({ element }) => element);
  };

  test("is dead only if nothing comes of it, be it seen in the document or not", async () => {
    const { page, id } = await visit(BODY);
    page.on("dialog", (dialog) => void setTimeout(() => void dialog.accept(), 800));
    await click(page, "#dead");
    await click(page, "#nowhere");
    await click(page, "#told");
    await page.evaluate(() => document.querySelector<HTMLElement>("#by-script")?.click());
    await page.waitForTimeout(NEXT_MS);
    for (const button of Object.keys(WORKING)) await click(page, button === "menu" ? "#menu button" : `#${button}`);
    await click(page, "#popover");
    await page.mouse.move(5, 5);
    await click(page, "#dead-late", LAST_MS);
    expect(await dead(page, id)).toEqual(["button#dead", "a#nowhere", "button#dead-late"]);
  });

  test("has time for an effect, longer for an answer, and is told when the page is left before that", async () => {
    const { page, id } = await visit(BODY);
    await page.context().route("**/slow", async (route) => {
      await new Promise((done) => setTimeout(done, 4_500));
      await route.fulfill({ body: "Done" });
    });
    await click(page, "#late", LAST_MS);
    await click(page, "#slow", 5_500);
    await click(page, "#dead", LAST_MS);
    expect(await dead(page, id)).toEqual(["button#dead"]);
  });

  test.each(Object.entries(BLIND))("is not called dead beside %s, where its effect may show", async (_, beside) => {
    const { page, id } = await visit(`<button id="x">Draw</button> ${beside}`);
    await click(page, "#x");
    await page.evaluate(() => document.querySelectorAll("canvas, x-card").forEach((one) => void one.remove()));
    await click(page, "#x", LAST_MS);
    expect(await dead(page, id)).toEqual(["button#x"]);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
