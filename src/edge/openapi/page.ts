import type { Document, Parameter, PublishedOperation } from "./document";

/** The API's document as one HTML page, without scripts. */

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1.5rem 4rem; }
nav ul { columns: 2; padding: 0; list-style: none; font-size: .9rem; }
section { border-top: 1px solid #8884; padding-top: .5rem; margin-top: 2rem; }
h2 { font: 600 1.05rem ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8883; overflow-wrap: anywhere; }
code, pre { font: .85rem ui-monospace, monospace; }
pre { overflow: auto; max-height: 28rem; padding: .75rem; background: #8882; border-radius: 4px; }
a { color: inherit; }
a:focus-visible, summary:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
@media (max-width: 40rem) { nav ul { columns: 1; } }
`;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

/** Escaped text; what stands between backticks becomes code. */
const prose = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");

const json = (value: unknown): string => `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;

const fold = (title: string, body: string): string => `<details><summary>${prose(title)}</summary>${body}</details>`;

function parameterRow({ name, in: place, required, description = "", schema, example }: Parameter): string {
  const kind = `<code>${escapeHtml(JSON.stringify(schema))}</code>`;
  const note = [description, example === undefined ? "" : `e.g. \`${example}\``].filter(Boolean).join(" · ");
  const needed = required ? " (required)" : "";
  return `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}${needed}</td><td>${kind}</td><td>${prose(note)}</td></tr>`;
}

const parameterTable = (parameters: Parameter[]): string =>
  parameters.length === 0
    ? ""
    : `<table><thead><tr><th>Parameter</th><th>In</th><th>Schema</th><th></th></tr></thead><tbody>${parameters
        .map(parameterRow)
        .join("")}</tbody></table>`;

function contentOf(content: Record<string, { schema: object; example?: unknown }> = {}): string {
  return Object.entries(content)
    .map(([type, { schema, example }]) => {
      const shown = example === undefined ? "" : `<p>Example</p>${json(example)}`;
      return shown + fold(`\`${type}\` schema`, json(schema));
    })
    .join("");
}

function responseRow([status, { description, content }]: [string, PublishedOperation["responses"][string]]): string {
  const body = status.startsWith("2") ? contentOf(content) : "";
  return `<tr><td><code>${escapeHtml(status)}</code></td><td>${prose(description)}${body}</td></tr>`;
}

function section(method: string, path: string, operation: PublishedOperation): string {
  const { operationId, summary, description, parameters, requestBody, responses, security } = operation;
  return `<section id="${escapeHtml(operationId)}"><h2>${method.toUpperCase()} ${escapeHtml(path)}</h2>
<p>${prose(summary)}.${security.length > 0 ? " Needs an API key." : ""}</p>${description ? `<p>${prose(description)}</p>` : ""}
${parameterTable(parameters)}${requestBody ? `<h3>Body</h3>${contentOf(requestBody.content)}` : ""}
<h3>Answers</h3><table><tbody>${Object.entries(responses).map(responseRow).join("")}</tbody></table></section>`;
}

export function renderDocs({ info, paths, components }: Document): string {
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  );
  const links = all.map(
    ({ method, path, operation }) =>
      `<li><a href="#${escapeHtml(operation.operationId)}"><code>${method.toUpperCase()} ${escapeHtml(path)}</code></a></li>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(info.title)} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head><body>
<h1>${escapeHtml(info.title)} API ${escapeHtml(info.version)}</h1><p>${prose(info.description)} As data: <a href="/openapi.json">/openapi.json</a>.</p>
<nav aria-label="Routes"><ul>${links.join("")}</ul></nav><main>${all
    .map(({ method, path, operation }) => section(method, path, operation))
    .join("")}<section><h2>Components</h2>${json(components)}</section></main></body></html>`;
}
