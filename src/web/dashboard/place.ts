import { computed, signal } from "@preact/signals";

/**
 * Where the viewer is. All of it is in the URL's fragment, which browsers do not send, so that no visitor's id gets into a
 * log. `#/sessions?range=7d&site=shop&country=DE`, `#/session/<id>`.
 */
export interface UrlPlace {
  view: string;
  id: string | null;
  params: Readonly<Record<string, string>>;
}

/** Parameters that are kept from view to view. */
const KEPT = ["range", "from", "to", "site", "bots"] as const;

function readPlace(hash: string): UrlPlace {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [view = "", ...rest] = path.split("/");
  return {
    view: view || "overview",
    id: decode(rest.join("/")),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decode(text: string): string | null {
  try {
    return text === "" ? null : decodeURIComponent(text);
  } catch {
    return text;
  }
}

function writePlace({ view, id, params }: UrlPlace): string {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== "")).toString();
  return `#/${view}${id === null ? "" : `/${encodeURIComponent(id)}`}${query ? `?${query}` : ""}`;
}

export const place = signal<UrlPlace>(readPlace(location.hash));
export const view = computed(() => place.value.view);

addEventListener("hashchange", () => {
  place.value = readPlace(location.hash);
});

function kept(): Record<string, string> {
  const { params } = place.value;
  return Object.fromEntries(KEPT.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));
}

/** The address of another view, with the span, site and bots chosen now. */
export const href = (view: string, id: string | null = null, params: Record<string, string> = {}): string =>
  writePlace({ view, id, params: { ...kept(), ...params } });

/** Changes parameters of this view; an empty value removes one. With `replace`, "back" gets no step for it. */
export function setParams(params: Record<string, string>, { replace = false } = {}): void {
  const next = { ...place.value, params: { ...place.value.params, ...params } };
  const hash = writePlace(next);
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, "", hash);
  place.value = readPlace(hash);
}
