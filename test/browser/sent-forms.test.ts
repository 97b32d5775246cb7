import { expect, test } from "vitest";
import { liveCount, storedEvents, until } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits } from "./setting";

const JSON_CALL = "fetch('/save', { method: 'POST', body: '{}' })";

/** Ways to send a form: the form's attributes, what else is in it, and what is pressed. */
const SENT: Record<string, { attributes?: string; inside: string }> = {
  enter: { inside: "" },
  scripted: {
    attributes: 'method="post" action="/blank" target="sink"',
    inside: '<a onclick="scripted.submit()">Go</a>',
  },
  requested: { inside: '<a onclick="requested.requestSubmit()">Go</a>' },
  prevented: { attributes: `onsubmit="${JSON_CALL}"`, inside: "<button>Go</button>" },
  taken: {
    inside: `<button type="button" onclick="fetch('/save', { method: 'POST', body: new FormData(taken) })">Go</button>`,
  },
  gone: { inside: `<button type="button" onclick="${JSON_CALL}.then(() => gone.remove())">Go</button>` },
  hidden_one: {
    inside: `<button type="button" onclick="${JSON_CALL}.then(() => { hidden_one.hidden = true })">Go</button>`,
  },
  emptied: { inside: `<button type="button" onclick="${JSON_CALL}.then(() => emptied.reset())">Go</button>` },
};

/** Begun, and not sent. */
const KEPT: Record<string, { attributes?: string; inside: string }> = {
  draft: { attributes: 'oninput="new FormData(draft)"', inside: "<a>Go</a>" },
  cancelled: { inside: '<button type="button" onclick="cancelled.remove()">Go</button>' },
  cleared: { inside: '<button type="reset">Go</button>' },
  checked_one: { inside: `<button type="button" onclick="${JSON_CALL}">Go</button>` },
};

const BODY = `
  ${Object.entries({ ...SENT, ...KEPT })
    .map(([id, { attributes = "", inside }]) => `<form id="${id}" ${attributes}><input name="name"> ${inside}</form>`)
    .join("")}
  <iframe name="sink" hidden></iframe>
  <input id="beside" form="apart"> <form id="apart"><button>Go</button></form>
  <dialog id="box"><form id="asked" method="dialog"><input> <button>Go</button></form></dialog>
  <div id="host"></div> <form id="around"><x-field></x-field> <button>Go</button></form>
  <input id="alone">
  <script>
    // What these pages do with a submit, and no page leaves for it.
    const stay = (event) => { if (event.target.method !== "dialog") event.preventDefault(); };
    addEventListener("submit", stay);
    host.attachShadow({ mode: "open" }).innerHTML = '<form id="inner"><input> <button>Go</button></form>';
    host.shadowRoot.addEventListener("submit", stay);
    document.querySelector("x-field").attachShadow({ mode: "open" }).innerHTML = "<input>";
  </script>`;

describeVisits("a form that somebody has begun", (setting) => {
  const forms = async (id: string, type: string): Promise<unknown[]> =>
    (await storedEvents(setting.server, id))
      .filter(({ event_type }) => event_type === type)
      .map(({ data }) => data?.["form"]);

  test("is abandoned only if it was not sent, by whichever way, and no field outside a form is", async () => {
    const shop = await setting.otherShop({ body: BODY, script: "pulse.js" });
    const page = await setting.visit(shop.url);
    const id = await sessionIdOf(page);
    const fill = async (field: string): Promise<void> => {
      await page.click(field);
      await page.keyboard.type("J");
    };
    for (const form of Object.keys(SENT)) {
      await fill(`#${form} input`);
      if (form === "enter") await page.keyboard.press("Enter");
      else await page.click(`#${form} :is(a, button)`);
      // Until a request is over, and what the page makes of it.
      await page.waitForTimeout(1_500);
    }
    await fill("#beside");
    await page.click("#apart button");
    await page.evaluate(() => document.querySelector("dialog")?.showModal());
    await fill("#asked input");
    await page.click("#asked button");
    await fill("#inner input");
    await page.click("#inner button");
    await fill("x-field input");
    await page.click("#around button");
    await fill("#alone");
    for (const form of Object.keys(KEPT)) {
      await fill(`#${form} input`);
      await page.click(`#${form} :is(a, button)`);
      await page.waitForTimeout(1_500);
    }
    const sent = [...Object.keys(SENT), "apart", "asked", "inner", "around"];
    await liveCount(setting.server, id, "form_submit", sent.length);
    await page.evaluate(() => window.PulseGate?.end());
    await liveCount(setting.server, id, "form_abandoned", 1);
    await until(async () => (await forms(id, "form_abandoned")).length > 0, 45_000, "the abandonments in D1");
    await page.close();
    expect(await forms(id, "form_submit")).toEqual(sent);
    expect((await forms(id, "form_abandoned")).sort()).toEqual(Object.keys(KEPT).sort());
  });

  test("is sent when its page leaves with it, by a script or once a request has ended", async () => {
    for (const code of ["out.submit()", `${JSON_CALL}.then(() => { location.href = '/thanks'; })`]) {
      const body = `<form id="out" action="/thanks"><input name="name"><button type="button" onclick="${code}">Go</button></form>`;
      const shop = await setting.otherShop({ body, script: "pulse.js" });
      const page = await setting.visit(shop.url);
      const id = await sessionIdOf(page);
      await page.click("#out input");
      await page.keyboard.type("J");
      await page.click("#out button");
      await page.waitForURL(/thanks/);
      await liveCount(setting.server, id, "form_submit", 1);
      await setting.depart(page, id);
      expect(await forms(id, "form_submit"), code).toEqual(["out"]);
    }
  });
});
