/**
 * Where a form's lead leads to from the page `here`, if that is a page. One on https leads on to https; what has a port of its
 * own speaks one of the two. The server says the same of a plain form (`redirectTo`).
 */
export const wayFrom = (here: string, redirect: string): URL | undefined => {
  const to = new URL(redirect, here);
  if (to.protocol === "http:" && here.startsWith("https:")) {
    if (to.port) return;
    to.protocol = "https:";
  }
  return /^https?:$/.test(to.protocol) ? to : undefined;
};
