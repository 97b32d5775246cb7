// Component libraries and editors as a page uses them: no recording may have what is typed into them. Their
// licences are MIT, Apache 2.0 or BSD, but for TinyMCE's: nothing of them is installed with the project, or shipped.

export interface Trial {
  name: string;
  /** As npm takes them. */
  packages: string[];
  /** What the page's script is; esbuild bundles it. */
  code: string;
  /** The page's body. */
  html: string;
  /** What is clicked, and then typed into. */
  into: string[];
}

/** A field of each kind, and a place where the page itself shows what it hears of them. */
const fields = (tag: string, attributes = "") =>
  `<${tag} id="a" label="Name" placeholder="Name" ${attributes}></${tag}>
   <${tag} id="b" type="password" label="Password" ${attributes}></${tag}>
   <${tag} id="c" data-pulse-mask label="Note" ${attributes}></${tag}><p id="said"></p>`;

/** Copies every field's value, as frameworks do. */
const COPIES = `
for (const type of ["input", "change", "ionInput", "keyup"]) document.addEventListener(type, ({ target }) => {
  const { value } = target;
  if (typeof value !== "string") return;
  target.setAttribute("current-value", value);
  target.parentElement.dataset.replicatedValue = value;
  document.querySelector("#said").textContent = "You wrote " + value;
});`;

/** An editor, whose text the page shows below it. */
const PREVIEW = `<div id="editor"></div><pre id="said"></pre>`;
const show = (text: string) => `said.textContent = ${text};`;

export const TRIALS: Trial[] = [
  {
    name: "Shoelace",
    packages: ["@shoelace-style/shoelace@2.20.1"],
    code: `import "@shoelace-style/shoelace/dist/components/input/input.js";
      import "@shoelace-style/shoelace/dist/components/textarea/textarea.js"; ${COPIES}`,
    html: `${fields("sl-input")}<sl-textarea id="d"></sl-textarea>`,
    into: ["#a", "#b", "#c", "#d"],
  },
  {
    name: "Material Web",
    packages: ["@material/web@2.5.0"],
    code: `import "@material/web/textfield/filled-text-field.js"; ${COPIES}`,
    html: fields("md-filled-text-field"),
    into: ["#a", "#b", "#c"],
  },
  {
    name: "Fluent",
    packages: ["@fluentui/web-components@3.1.3"],
    code: `import "@fluentui/web-components/text-input/define.js"; import "@fluentui/web-components/textarea/define.js"; ${COPIES}`,
    html: `${fields("fluent-text-input")}<fluent-textarea id="d"></fluent-textarea>`,
    into: ["#a", "#b", "#c", "#d"],
  },
  {
    name: "UI5",
    packages: ["@ui5/webcomponents@2.26.0"],
    code: `import "@ui5/webcomponents/dist/Input.js"; import "@ui5/webcomponents/dist/TextArea.js"; ${COPIES}`,
    html: `${fields("ui5-input").replace('type="password"', 'type="Password"')}<ui5-textarea id="d"></ui5-textarea>`,
    into: ["#a", "#b", "#c", "#d"],
  },
  {
    name: "Ionic",
    packages: ["@ionic/core@9.0.5"],
    code: `import { defineCustomElement } from "@ionic/core/components/ion-input.js";
      import { initialize } from "@ionic/core/components"; initialize(); defineCustomElement(); ${COPIES}`,
    html: fields("ion-input"),
    into: ["#a", "#b", "#c"],
  },
  {
    name: "Vaadin",
    packages: ["@vaadin/text-field@25.3.0", "@vaadin/password-field@25.3.0"],
    code: `import "@vaadin/text-field"; import "@vaadin/password-field"; ${COPIES}`,
    html: `<vaadin-text-field id="a"></vaadin-text-field><vaadin-password-field id="b"></vaadin-password-field><p id="said"></p>`,
    into: ["#a", "#b"],
  },
  {
    name: "IMask",
    packages: ["imask@7.6.1"],
    code: `import IMask from "imask";
      IMask(a, { mask: "**** **** **** ****" }).on("accept", () => { said.textContent = a.value; });`,
    html: `<input id="a"><p id="said"></p>`,
    into: ["#a"],
  },
  {
    name: "CodeMirror 6",
    packages: ["codemirror@6.0.2"],
    code: `import { EditorView, basicSetup } from "codemirror";
      new EditorView({ parent: editor, extensions: [basicSetup, EditorView.updateListener.of(({ state }) => { ${show("state.doc.toString()")} })] });`,
    html: PREVIEW,
    into: [".cm-content"],
  },
  {
    name: "CodeMirror 5",
    packages: ["codemirror5@npm:codemirror@5.65.21"],
    code: `import CodeMirror from "codemirror5"; import "codemirror5/lib/codemirror.css"; import "codemirror5/mode/javascript/javascript.js";
      const made = CodeMirror(editor, { mode: "javascript" }); made.on("change", () => { ${show("made.getValue()")} });`,
    html: PREVIEW,
    into: [".CodeMirror"],
  },
  {
    name: "Ace",
    packages: ["ace-builds@1.45.2"],
    code: `import ace from "ace-builds"; const made = ace.edit(editor); made.on("change", () => { ${show("made.getValue()")} });`,
    html: `<style>#editor { height: 120px }</style>${PREVIEW}`,
    into: [".ace_content"],
  },
  {
    name: "Monaco",
    packages: ["monaco-editor@0.57.0"],
    code: `import * as monaco from "monaco-editor/editor/editor.api.js"; self.MonacoEnvironment = { getWorker: () => new Worker("data:text/javascript,") };
      const made = monaco.editor.create(editor, { language: "plaintext" }); made.onDidChangeModelContent(() => { ${show("made.getValue()")} });`,
    html: `<style>#editor { height: 120px }</style>${PREVIEW}`,
    into: [".view-lines"],
  },
  {
    name: "Lexical",
    packages: ["lexical@0.52.0", "@lexical/rich-text@0.52.0"],
    code: `import { createEditor, $getRoot } from "lexical"; import { registerRichText } from "@lexical/rich-text";
      const made = createEditor({ onError: console.error, namespace: "a" }); made.setRootElement(editor); registerRichText(made);
      made.registerUpdateListener(({ editorState }) => editorState.read(() => { ${show("$getRoot().getTextContent()")} }));`,
    html: `<div id="editor" contenteditable="true" style="min-height: 40px"></div><pre id="said"></pre>`,
    into: ["#editor"],
  },
  {
    name: "Quill",
    packages: ["quill@2.0.3"],
    code: `import Quill from "quill"; const made = new Quill(editor, { placeholder: "Write" }); made.on("text-change", () => { ${show("made.getText()")} said.dataset.html = made.root.innerHTML; });`,
    html: PREVIEW,
    into: [".ql-editor"],
  },
  {
    name: "Tiptap",
    packages: ["@tiptap/core@3.35.0", "@tiptap/starter-kit@3.35.0"],
    code: `import { Editor } from "@tiptap/core"; import StarterKit from "@tiptap/starter-kit";
      new Editor({ element: editor, extensions: [StarterKit], onUpdate({ editor }) { ${show("editor.getText()")} said.dataset.json = JSON.stringify(editor.getJSON()); } });`,
    html: PREVIEW,
    into: [".ProseMirror"],
  },
  {
    // GPL from version 7 on: tried, and no part of this project.
    name: "TinyMCE",
    packages: ["tinymce@8.9.2"],
    code: `import tinymce from "tinymce"; import "tinymce/models/dom"; import "tinymce/icons/default"; import "tinymce/themes/silver"; import "tinymce/skins/ui/oxide/skin.css";
      tinymce.init({ selector: "#editor", license_key: "gpl", skin: false, content_css: false, promotion: false,
        setup: (made) => made.on("input change keyup", () => { ${show("made.getContent({ format: 'text' })")} made.save(); }) });`,
    html: `<textarea id="editor"></textarea><pre id="said"></pre>`,
    into: ["iframe"],
  },
];
