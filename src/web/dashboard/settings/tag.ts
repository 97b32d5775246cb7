/** The tag to paste into a site's pages. `scriptPath` comes from the server, because its operator may have moved the script. */
export const tagOf = (site: string, scriptPath = "/tracker.js"): string =>
  `<script async src="${location.origin}${scriptPath}" data-site="${site}"></script>`;
