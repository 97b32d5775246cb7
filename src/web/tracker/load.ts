import { options } from "./options";

/** Path of the lazy files below the endpoint, with a hash of their contents. The build sets it. */
declare const LAZY_PATH: string;

/**
 * Loads a lazy file by its whole name. With `import()`, because that passes a nonce on, needs no Trusted Type and leaves no
 * element in the page.
 */
export const load = <File>(name: string): Promise<File> => import(`${options.endpoint}${LAZY_PATH}${name}`);
