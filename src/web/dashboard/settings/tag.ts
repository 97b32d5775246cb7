/** The tag to paste into a site's pages. `scriptPath` is the server's word: its operator may have given the script another place. */
export const tagOf = (site: string, scriptPath = "/tracker.js"): string =>
  `<script async src="${location.origin}${scriptPath}" data-site="${site}"></script>`;
