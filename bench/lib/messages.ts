// What a host is started with, what it is asked, and what it says.

export interface HostOptions {
  /** Folder of the built Worker. */
  dist: string;
  /** Folder of its stores. */
  state: string;
  bindings: Record<string, string>;
  /** Any free port if it is absent. */
  port?: number;
  /** The project's own bindings, or Durable Objects by binding name. */
  objects: "project" | Record<string, string>;
  /**
   * With the dashboard's files. On Cloudflare the platform serves them; here every request then passes another Worker or
   * two, whose CPU must not count as the project's.
   */
  assets?: boolean;
  /** With a port on which the runtime's isolates may be inspected. */
  inspector?: boolean;
  /** A second Worker in the same runtime. */
  beside?: Beside;
}

export interface Beside {
  /** Folder of the built Worker. */
  dist: string;
  /** The host by which requests find it. */
  host: string;
}

export interface Question {
  id: number;
  ask: "sql" | "objects" | "objectBytes" | "bytes";
  /** The statement, for `sql`. */
  text: string;
}

export interface Ready {
  /** Its port. */
  ready: number;
  /** When its runtime was started, epoch ms. */
  launched: number;
  /** The inspector's port, if there is one. */
  inspected?: number | undefined;
}

/** A host is ready, or answers the question with this id. */
export type HostMessage = Ready | { id: number; answer: unknown } | { id: number; error: string };
