/** Text modules: wrangler imports .html and .txt files as strings. */
declare module "*.html" {
  const text: string;
  export default text;
}
declare module "*.txt" {
  const text: string;
  export default text;
}
