import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { nextSessionIdOf } from "./created";
import { isSnapshot, type Recorded, record, recordedUntilNow, recordedVisit, secretsIn } from "./recordings";
import { describeVisits, type Setting } from "./setting";

/** What was typed must not be in a recording, wherever the page writes it again. */

/** Ways of a page to write `value` somewhere, by name: each on an element of its own. */
const WAYS = `{
  attribute: (to, value) => to.setAttribute("data-replicated-value", value),
  title: (to, value) => { to.title = "You wrote " + value; },
  label: (to, value) => to.setAttribute("aria-label", value),
  name: (to, value) => to.setAttribute("data-" + value.toLowerCase().replace(/[^a-z0-9-]/g, ""), ""),
  className: (to, value) => { to.className = "box of-" + value.replaceAll(" ", "_"); },
  id: (to, value) => { to.id = "field-" + value; },
  text: (to, value) => { to.textContent = "Hello " + value + ", good to see you"; },
  upper: (to, value) => { to.textContent = value.toUpperCase(); },
  trimmed: (to, value) => { to.textContent = value.trim().replaceAll(" ", ""); },
  spaced: (to, value) => { to.textContent = [...value].join(" "); },
  encoded: (to, value) => { to.innerHTML = "<a>search</a>"; to.firstChild.href = "/find/" + encodeURIComponent(value); },
  query: (to, value) => { to.innerHTML = "<a>search</a>"; to.firstChild.search = new URLSearchParams({ q: value }); },
  escaped: (to, value) => { to.dataset.html = "<p>" + value.replaceAll("&", "&amp;") + "</p>"; },
  json: (to, value) => { to.dataset.state = JSON.stringify({ form: { value } }); },
  letters: (to, value) => to.replaceChildren(...[...value].map((letter) => {
    const span = document.createElement("span");
    span.textContent = letter;
    return span;
  })),
  appended: (to, value) => {
    const span = document.createElement("span");
    span.innerHTML = "<i></i>";
    span.firstChild.textContent = value.at(-1);
    to.append(span);
  },
  pieces: (to, value) => to.replaceChildren(...(value.match(/.{1,3}/g) ?? []).map((piece) => new Text(piece))),
  data: (to, value) => { (to.firstChild ?? to.appendChild(new Text(""))).data = value; },
  style: (to, value) => to.style.setProperty("--typed", JSON.stringify(value)),
  family: (to, value) => { to.style.fontFamily = JSON.stringify(value); },
  background: (to, value) => { to.style.background = "url(/picture.png?v=" + encodeURIComponent(value) + ")"; },
  sheet: (to, value) => { to.innerHTML = "<style></style>"; to.firstChild.textContent = "b::after { content: " + JSON.stringify(value) + " }"; },
  rule: (to, value) => {
    to.sheet ??= to.appendChild(document.createElement("style")).sheet;
    to.sheet.insertRule("i::after { content: " + JSON.stringify(value) + " }", 0);
    to.sheet.cssRules[0].style.setProperty("--typed", JSON.stringify(value));
  },
  adopted: (to, value) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("u::after { content: " + JSON.stringify(value) + " }");
    to.root ??= to.attachShadow({ mode: "open" });
    to.root.adoptedStyleSheets = [sheet];
    sheet.insertRule("s::after { content: " + JSON.stringify(value) + " }");
  },
  selector: (to, value) => { to.innerHTML = "<style></style>"; to.firstChild.textContent = '[value="' + value + '"] { color: red }'; },
  option: (to, value) => { to.innerHTML = "<datalist><option></option></datalist>"; to.querySelector("option").value = value; to.querySelector("option").text = value; },
  output: (to, value) => { to.innerHTML = "<output></output>"; to.firstChild.value = value; },
  placeholder: (to, value) => { to.innerHTML = "<input>"; to.firstChild.placeholder = value; },
  svg: (to, value) => {
    to.innerHTML = "<svg><text></text><title></title></svg>";
    for (const one of to.querySelectorAll("text, title")) one.textContent = value;
  },
  picture: (to, value) => {
    to.innerHTML = "<img>";
    to.firstChild.src = "data:image/svg+xml," + encodeURIComponent("<svg xmlns='http://www.w3.org/2000/svg'><text>" + value + "</text></svg>");
  },
  drawn: (to, value) => {
    to.innerHTML = "<img>";
    to.firstChild.src = "data:image/svg+xml;base64," + btoa("<svg xmlns='http://www.w3.org/2000/svg'><text>" + encodeURIComponent(value) + "</text></svg>");
  },
  frame: (to, value) => {
    to.innerHTML = "<iframe></iframe>";
    to.firstChild.contentDocument.body.textContent = value;
    to.firstChild.name = value;
  },
  srcdoc: (to, value) => { to.innerHTML = "<iframe></iframe>"; to.firstChild.srcdoc = "<p>" + value + "</p>"; },
  shadow: (to, value) => {
    to.root ??= to.attachShadow({ mode: "open" });
    to.root.innerHTML = "<p></p>";
    to.root.firstChild.textContent = value;
  },
  later: (to, value) => setTimeout(() => { to.textContent = value; }, 300),
  address: (to, value) => history.replaceState(null, "", "#" + encodeURIComponent(value)),
  tab: (to, value) => { document.title = value; },
}`;

const COPIER = `<script>
  const ways = ${WAYS};
  const copies = document.body.appendChild(document.createElement("section"));
  function copyAll(value) {
    for (const [name, way] of Object.entries(ways)) {
      const to = copies.querySelector(":scope > [way=" + name + "]") ?? copies.appendChild(document.createElement("div"));
      to.setAttribute("way", name);
      way(to, value);
    }
  }
</script>`;

const textOf = (events: Recorded[]): string => JSON.stringify(events);
/** Letters and digits only: what somebody could read of it. */
const readable = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** No event has a secret, in any spelling, nor its first five letters; each that has one is shown. */
function expectNone(events: Recorded[], ...secrets: string[]): void {
  const found = events.flatMap((event) => {
    const text = JSON.stringify(event);
    const isTold = secrets.some(
      (secret) =>
        readable(text).includes(readable(secret)) || text.toLowerCase().includes(readable(secret).slice(0, 5)),
    );
    return isTold ? [text.slice(0, 2_000)] : [];
  });
  expect(found).toEqual([]);
}

/** Another session in the same page begins with a whole snapshot. */
async function anotherSnapshot(page: Page): Promise<void> {
  await page.evaluate(() => window.PulseGate?.end());
  await page.click("#buy");
}

/** A visit of a page with this body, which does something; then all that was recorded, with a whole snapshot at its end. */
async function visit(
  setting: Setting,
  body: string,
  act: (page: Page) => Promise<unknown>,
  text = "shown",
): Promise<Recorded[]> {
  const site = `copies-${text}`;
  await record(setting, site, { mode: "always", text });
  const read = "<p>A sentence anybody may read</p>";
  const shop = await setting.otherShop({ tag: `data-site="${site}"`, body: `${body}${read}` });
  const { page, id } = await recordedVisit(setting, shop.url);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await act(page);
  await page.waitForTimeout(500);
  const first = await recordedUntilNow(setting, page, id);
  await anotherSnapshot(page);
  const next = await nextSessionIdOf(page, id);
  const second = await recordedUntilNow(setting, page, next);
  expect(errors).toEqual([]);
  expect(second.some(isSnapshot)).toBe(true);
  if (text === "shown")
    for (const events of [first, second]) expect(textOf(events)).toContain("A sentence anybody may read");
  await page.context().close();
  return [...first, ...second];
}

/** A component whose host says what is in its inner field, in an attribute of each of these names. */
const X_FIELD = `<script>
  customElements.define("x-field", class extends HTMLElement {
    connectedCallback() {
      const root = this.attachShadow({ mode: this.getAttribute("mode") ?? "open" });
      root.innerHTML = "<input>";
      const [input] = root.children;
      input.type = this.getAttribute("type") ?? "text";
      input.oninput = () => {
        for (const name of ["current-value", "value", "aria-valuetext", "state", "entry"]) this.setAttribute(name, input.value);
        this.dataset.reversed = [...input.value].reverse().join("");
        this.style.setProperty("--entry", JSON.stringify(input.value));
        this.title = "Is now " + input.value;
      };
    }
  });
</script>`;

const SECRETS = {
  field: "Hunter2 & Zq81-Vy",
  emptied: "Vlemptied7 Wk55-Xo",
  set: "Kjwritten9 Jb66-Pu",
  component: "Vqcomponent-Tr31",
  masked: "Wxmasked-Jb57",
  closed: "Yzclosed-Kn92",
  designed: "Qwdesigned-Lm27",
  styled: "Zxstyled-Pb14",
  freed: "Uvfreed-Nc63",
};

async function typeInto(page: Page, selector: string, text: string): Promise<void> {
  await page.click(selector);
  await page.keyboard.type(text, { delay: 10 });
}

describeVisits("what a page copies from a field", (setting) => {
  test("is in no recording, in whatever way it is written, while it is typed and when the field is gone", async () => {
    const body = `<p><input id="field" type="password"><input id="emptied"><input id="set" type="hidden"></p>${COPIER}
      <script>
        field.oninput = () => copyAll(field.value);
        emptied.onchange = () => { const { value } = emptied; emptied.remove(); setTimeout(copyAll, 400, value); };
        function setByScript(value) { document.querySelector("#set").value = value; copyAll(value); }
      </script>`;
    const { field, emptied, set } = SECRETS;
    const events = await visit(setting, body, async (page) => {
      await page.locator("#field").pressSequentially(field);
      await page.fill("#emptied", emptied);
      await page.locator("#emptied").blur();
      await page.waitForTimeout(900);
      await page.evaluate(
        (value) => (window as unknown as { setByScript(value: string): void }).setByScript(value),
        set,
      );
    });
    expectNone(events, field, emptied, set);
    expect(textOf(events)).toContain('"data-replicated-value":"••••••••"');
    expect(textOf(events)).toContain("Hello ••••••••, good to see you");
  });

  for (const text of ["shown", "masked"]) {
    test(`is in no attribute of the component around it, with text ${text}`, async () => {
      const body = `<p><x-field id="a" type="password"></x-field> <x-field id="c" mode="closed"></x-field></p>
        <p data-pulse-mask><x-field id="b" lang="en" data-diagnosis="J45.9" note="asthma"></x-field></p>${X_FIELD}`;
      const { component, masked, closed } = SECRETS;
      const act = async (page: Page): Promise<void> => {
        await typeInto(page, "#a", component);
        await typeInto(page, "#b", masked);
        await typeInto(page, "#c", closed);
      };
      const events = await visit(setting, body, act, text);
      expectNone(events, component, masked, closed, [...component].reverse().join(""), [...masked].reverse().join(""));
      // What it looks like stays, under a mask too.
      expect(textOf(events)).toContain('"id":"b","lang":"en"');
      expect(textOf(events)).not.toMatch(/J45\.9|asthma/);
    });
  }

  test("is not seen in a document that is edited, by its mode, a style, or a style sheet that is typed into", async () => {
    const body = `<iframe id="designed"></iframe>
      <div id="styled" style="-webkit-user-modify: read-write">.</div>
      <div id="freed" contenteditable="plaintext-only">.</div>
      <div><style id="sheet" contenteditable style="display: block">/* */</style></div><p id="said"></p>
      <script>
        designed.contentDocument.body.innerHTML = "<p>.</p>";
        designed.contentDocument.designMode = "on";
        freed.onblur = () => { freed.removeAttribute("contenteditable"); said.textContent = freed.textContent; };
      </script>`;
    const { designed, styled, freed, set } = SECRETS;
    const events = await visit(setting, body, async (page) => {
      await page.frameLocator("#designed").locator("p").click();
      await page.keyboard.type(designed);
      await typeInto(page, "#styled", styled);
      await typeInto(page, "#freed", freed);
      await typeInto(page, "#sheet", set);
    });
    expectNone(events, designed, styled, freed, set);
  });

  test("is known by its keys where no field has it: small fields, and what listens to the keyboard", async () => {
    const body = `<p id="code">${"<input maxlength=1 size=1>".repeat(6)}</p>
      <p id="terminal" tabindex="0">press</p>
      <p><textarea id="hidden" rows="1"></textarea></p>
      <x-code></x-code> <output id="said"></output> <output id="line"></output> <output id="shown"></output>
      <script>
        const code = document.querySelectorAll("#code input");
        for (const [i, one] of code.entries()) one.oninput = () => {
          said.value = document.querySelector("x-code").title = [...code].map(({ value }) => value).join("");
          code[i + 1]?.focus();
        };
        terminal.onkeydown = ({ key }) => { if (key.length === 1) line.value += key; };
        document.querySelector("#hidden").oninput = ({ target }) => { shown.value += target.value; target.value = ""; };
      </script>`;
    const events = await visit(setting, body, async (page) => {
      await page.click("#code input");
      await page.keyboard.type("773311");
      await page.evaluate(() => document.querySelector("#code")?.remove());
      await typeInto(page, "#terminal", SECRETS.component);
      await typeInto(page, "#hidden", SECRETS.freed);
    });
    expectNone(events, "773311", SECRETS.component, SECRETS.freed);
  });

  test("is all that is masked: other text, the page's own style, and what may be seen, are recorded", async () => {
    const body = `<input id="color" value="black flex"><input id="search" data-pulse-show>
      <input id="left" value="Prefilled-Mx70"><select id="land"><option>Aaland<option selected>Borduria</select>
      <style>#seen { display: flex; color: black } #seen::before { content: "black flex" }</style>
      <p id="seen">Yes, shellfish, at Hunstanton</p><p id="found"></p><p>Welcome, Prefilled-Mx70, of Borduria</p>
      <input id="short" value="of"><p>of</p>
      <script>search.oninput = () => { found.textContent = "Found " + search.value; };
        left.onchange = () => land.options[0].setAttribute("selected", "");</script>`;
    const events = await visit(setting, body, async (page) => {
      await typeInto(page, "#search", "trousers");
      await page.fill("#left", "");
      await page.locator("#left").blur();
    });
    const text = textOf(events);
    expect(text).toContain("Yes, shellfish, at Hunstanton");
    expect(text).toContain("Found trousers");
    expect(text).toMatch(/display: flex; color: black/);
    expect(text).not.toContain("black flex");
    expect(text).toContain('"Welcome, ••••••••, of ••••••••"');
    expect(text).not.toContain('"textContent":"of"');
    expect(text).not.toMatch(/"selected"/);
    expectNone(events, "Prefilled-Mx70", "Borduria");
  });

  test("is in no file that the server has left", async () => {
    await setting.server.kill();
    const names = Object.values(SECRETS).flatMap((secret) => [secret, secret.toUpperCase(), JSON.stringify(secret)]);
    expect(secretsIn(setting.server.state, names)).toEqual([]);
    await setting.server.start();
  });
});
