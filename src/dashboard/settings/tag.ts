/** The tag to paste into a site's pages. */
export const tagOf = (site: string): string =>
  `<script async src="${location.origin}/tracker.js" data-site="${site}"></script>`;
