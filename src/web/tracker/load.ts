import { options } from "./options";

/** Where the lazy files are, below the endpoint; a hash of their contents is in it. Set by the build. */
declare const LAZY_PATH: string;

/**
 * Loads a lazy file by its whole name, and hands it over; `without` it the page goes on. By import(): it passes a nonce on,
 * needs no Trusted Type, and leaves no element in the page.
 */
export const load = <File>(name: string, use: (file: File) => unknown, without: () => void): void =>
  void import(`${options.endpoint}${LAZY_PATH}${name}`).then(use).catch(without);
