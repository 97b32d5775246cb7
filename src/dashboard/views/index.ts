import type { Load } from "../lazy";

export interface ViewEntry {
  title: string;
  load: Load;
  /** The view of the menu that this one belongs to. */
  within?: string;
}

/** Every view by its name in the URL. Each is a chunk of its own. */
export const VIEWS: Readonly<Record<string, ViewEntry>> = {
  overview: { title: "Overview", load: () => import("./overview") },
  sessions: { title: "Sessions", load: () => import("./sessions") },
  session: { title: "Session", load: () => import("./session"), within: "sessions" },
};

export const GROUPS: readonly { title: string; views: readonly string[] }[] = [
  { title: "Now", views: ["overview"] },
  { title: "Visitors", views: ["sessions"] },
];
