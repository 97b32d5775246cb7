// Licences that let anybody use, change and pass on what is built with them.

const PERMISSIVE = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Unlicense", "CC0-1.0"];

/** @param licence An SPDX expression: one of several is enough. */
export const isPermissive = (licence: string) =>
  licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((one) => PERMISSIVE.includes(one));
