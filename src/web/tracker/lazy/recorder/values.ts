import {
  RECORD_FOUND_UNITS,
  RECORD_NEAR_TEXTS,
  RECORD_PARTS,
  RECORD_VALUE_LINES,
  RECORD_VALUE_UNITS,
  RECORD_VALUES_KEPT,
} from "../../limits";
import { safe } from "../../safe";
import { Finder, type Spelled, type Value } from "./finder";
import { ELEMENT_NODE, isEditable, isField, isShown, outside } from "./mask";

/**
 * What visitors have entered, so that it can be masked where the page shows it again: what is in fields now, what was in them, and
 * what was typed where no value can be read. It is kept in memory only.
 */
export class Values {
  /** Fields, and other elements that are typed into, with the text that each had when it was last read. */
  readonly #fields = new Map<Element, string>();
  /** Values that fields had before, oldest first. */
  readonly #kept = new Set<string>();
  readonly #hosts = new WeakSet<Node>();
  readonly #heard = new WeakSet<Window>();
  #isOn = false;
  /** Where somebody typed last. */
  #typed: Element | undefined;
  /** What was typed in one run, key by key, because an editor may empty its field after each key. */
  #run = "";
  #runIn: EventTarget | undefined;
  #isKeyed = false;
  /** Joined values of small fields beside each other, such as a code's digits. */
  #joined: string[] = [];
  #finder: Finder | undefined;
  readonly #spelled: Spelled = new Map();

  start(): void {
    this.#isOn = true;
    this.#hear(window);
  }

  stop(): void {
    this.#isOn = false;
    this.#fields.clear();
    this.#kept.clear();
    this.#spelled.clear();
    this.#typed = this.#finder = undefined;
    this.#run = "";
    this.#joined = [];
  }

  /** Called for every node that is recorded, before {@link finder}. */
  note(node: Node | null): void {
    if (!node) return;
    if ("defaultView" in node) {
      this.#hear((node as Document).defaultView);
      return;
    }
    // Of nested editable elements only the outermost counts, which may be a whole document.
    const { parentNode } = node;
    const isInside = parentNode?.nodeType === ELEMENT_NODE && isEditable(parentNode);
    if (isField(node.nodeName) || (node.nodeType === ELEMENT_NODE && isEditable(node) && !isInside))
      this.#add(node as Element);
  }

  /** Notes all nodes of a part that is not recorded, because its fields count too. */
  noteIn(part: Node | null): void {
    this.note(part);
    const { shadowRoot, contentDocument } = (part ?? {}) as Partial<HTMLIFrameElement>;
    for (const inner of [shadowRoot, contentDocument, ...(part?.childNodes ?? [])]) if (inner) this.noteIn(inner);
  }

  /** Whether a component has a field inside. Then its own attributes may repeat what was typed. */
  isHost(node: Node | null): boolean {
    return node !== null && this.#hosts.has(node);
  }

  /** A finder for all values, as they are now. */
  finder(): Finder {
    for (const field of this.#fields.keys()) this.#read(field);
    for (const beginning of this.#finder?.beginnings ?? []) this.#keep(beginning);
    this.#finder ??= new Finder(this.#all(), this.#spelled);
    return this.#finder;
  }

  #hear(view: Window | null): void {
    if (!view || this.#heard.has(view)) return;
    this.#heard.add(view);
    const on = <Type extends "beforeinput" | "input" | "keydown" | "paste">(
      type: Type,
      hear: (event: WindowEventMap[Type], target: Element) => void,
    ): void =>
      view.addEventListener(
        type,
        safe((event) => {
          const [target] = event.composedPath() as Element[];
          if (this.#isOn && target && target.nodeType === ELEMENT_NODE && !isShown(target)) hear(event, target);
        }),
        { capture: true, passive: true },
      );
    on("keydown", (event, target) => this.#key(event, target));
    on("beforeinput", ({ data }, target) => {
      if (!this.#isKeyed && data) this.#type(this.#run + data, target);
    });
    on("input", (_, target) => this.#enter(target));
    on("paste", ({ clipboardData }) => this.#keep(clipboardData?.getData("text/plain") ?? ""));
  }

  #key({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, target: Element): void {
    // Ctrl and Alt together are AltGr, which types a letter.
    this.#isKeyed = key.length === 1 && !metaKey && ctrlKey <= altKey;
    if (this.#isKeyed) this.#type(this.#run + key, target);
    if (key === "Backspace") this.#type(this.#run.slice(0, -1), target);
    if (key === "Enter") this.#type("", target);
  }

  #type(run: string, target: Element): void {
    if (this.#runIn !== target || run === "") {
      this.#keep(this.#run);
      run = run.slice(this.#runIn === target ? 0 : this.#run.length);
    }
    this.#runIn = target;
    this.#run = run.slice(-RECORD_VALUE_UNITS);
    this.#finder = undefined;
  }

  #enter(target: Element): void {
    let field = target;
    while (!isField(field.nodeName) && isEditable(field) && field.parentElement && isEditable(field.parentElement))
      field = field.parentElement;
    // An element that takes input and is no field is a component that lets nobody look inside.
    if (!isField(field.nodeName) && !isEditable(field)) this.#hosts.add(field);
    if (this.#typed !== field) this.#finder = undefined;
    this.#typed = field;
    this.#add(field);
    this.#read(field);
  }

  #add(field: Element): void {
    if (this.#fields.has(field)) return;
    this.#fields.set(field, "");
    for (let at = outside(field); at; at = outside(at)) {
      if (at.nodeType !== ELEMENT_NODE || !at.nodeName.includes("-")) continue;
      this.#hosts.add(at);
      break;
    }
  }

  /** Reads a field again. Keeps its old value, unless the new one begins with it. */
  #read(field: Element): void {
    const before = this.#fields.get(field) ?? "";
    const isGone = !field.isConnected || !field.ownerDocument.defaultView;
    let text = "";
    try {
      if (!isGone) text = entryIn(field).slice(0, RECORD_VALUE_UNITS);
    } catch {
      // A component's own property may throw.
    }
    if (isGone) this.#fields.delete(field);
    else this.#fields.set(field, text);
    if (text === before) return;
    this.#finder = undefined;
    // A text that has only grown still begins with the old one, which need not be kept.
    if (!text.startsWith(before)) this.#keep(before);
  }

  #keep(text: string): void {
    const value = text.slice(0, RECORD_VALUE_UNITS);
    // A single letter says nothing and is everywhere.
    if (value.trim().length < 2 || this.#kept.has(value)) return;
    this.#finder = undefined;
    this.#kept.add(value);
    if (this.#kept.size > RECORD_VALUES_KEPT) for (const oldest of this.#kept) return void this.#kept.delete(oldest);
  }

  #all(): Value[] {
    const joined = this.#join();
    for (const before of this.#joined) if (!joined.some((now) => now.startsWith(before))) this.#keep(before);
    this.#joined = joined;
    const values: Value[] = [{ text: this.#run, isNow: true }];
    const add = (text: string, isNow = false): void => {
      for (const part of partsOf(text)) if (values.length < RECORD_PARTS) values.push({ text: part, isNow });
    };
    for (const [field, text] of this.#fields) add(text, field === this.#typed);
    for (const text of [...this.#kept, ...joined]) add(text);
    return values;
  }

  /** The joined values of small fields: for each field, its own and those of the next seven. */
  #join(): string[] {
    const small = [...this.#fields].filter(([, text]) => text !== "" && text.length <= RECORD_FOUND_UNITS);
    small.sort(([a], [b]) => (isBefore(a, b) ? -1 : 1));
    const texts = small.slice(0, RECORD_NEAR_TEXTS).map(([, text]) => text);
    return texts.map((_, i) => texts.slice(i, i + 8).join(""));
  }
}

/** Whether `a` is before `b` in the page, inside and outside of shadow roots. */
function isBefore(a: Element, b: Element): boolean {
  const roots = [a.getRootNode(), b.getRootNode()] as const;
  const [first, second] = roots[0] === roots[1] ? [a, b] : [hostOf(a), hostOf(b)];
  return (first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function hostOf(element: Element): Element {
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return host ? hostOf(host) : element;
}

/** The parts of a value that a page may show by themselves: all of it, and its lines, without the tags of an editor's text. */
function partsOf(text: string): string[] {
  const lines = text.split(/\n|<[^<>]*>/).slice(0, RECORD_VALUE_LINES);
  return [text, ...lines.filter((line) => line.trim().length >= RECORD_FOUND_UNITS)];
}

/** Types of fields whose value is not typed. */
const NO_ENTRY = /^(submit|button|reset|image|checkbox|radio|color)$/;

/** An element with an entry: a field of any kind, or a component that is like one. */
interface Entry extends Element {
  type: string;
  value: unknown;
  files: FileList | null;
  selectedOptions: HTMLSelectElement["selectedOptions"];
}

function entryIn(element: Element): string {
  if (isShown(element)) return "";
  if (!isField(element.nodeName) && isEditable(element)) return textOf(element);
  const { type = "", value, files, selectedOptions } = element as Partial<Entry>;
  if (type === "file") return [...(files ?? [])].map(({ name }) => name).join("\n");
  const options = [...(selectedOptions ?? [])].map((option) => `${option.value}\n${option.text}`);
  return options.join("\n") || (NO_ENTRY.test(type) ? "" : String(value ?? ""));
}

/** An editor's text, a line for each of its paragraphs. */
function textOf(editor: Element): string {
  const blocks = [...editor.querySelectorAll("p,div,li,td,pre,h1,h2,h3")].slice(0, RECORD_VALUE_LINES);
  return (blocks.length > 0 ? blocks : [editor]).map(({ textContent }) => textContent).join("\n");
}
