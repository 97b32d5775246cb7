// What the scripts for pages leave out of packages.
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * FingerprintJS writes a frame's document as text. A page that requires Trusted Types refuses and reports that. A blank frame
 * measures just as well: the document would only add a viewport for phones.
 */
export const blankFrames: Plugin = {
  name: "blank-frames",
  setup({ onLoad }) {
    onLoad({ filter: /fingerprintjs.dist.fp\.esm\.js$/ }, ({ path }) => {
      const [before, after, ...more] = readFileSync(path, "utf8").split("initialHtml && 'srcdoc' in iframe");
      if (after === undefined || more.length > 0)
        throw new Error(`${path} sets a frame's document in another way now.`);
      return { contents: `${before}false${after}`, loader: "js" };
    });
  },
};

/**
 * An eighth of rrweb's file records drawings on a canvas, with a worker as text. That is never used, because a canvas may show
 * what was typed. An empty class replaces it, with the methods that the rest calls.
 */
export const withoutCanvas: Plugin = {
  name: "without-canvas",
  setup({ onLoad }) {
    onLoad({ filter: /@rrweb.record.dist.record\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const start = text.indexOf('var chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ');
      const end = text.indexOf("class StylesheetManager {");
      if (start < 0 || end < start || !text.slice(start, end).includes("class CanvasManager {"))
        throw new Error(`${path} records canvases in another way now.`);
      const nothing = ["reset", "freeze", "unfreeze", "lock", "unlock"].map((name) => `${name}() {}`).join(" ");
      return {
        contents: `${text.slice(0, start)}class CanvasManager { ${nothing} }\n${text.slice(end)}`,
        loader: "js",
      };
    });
  },
};
