/** Refuses every request, and reads nothing of it: what an attack costs a runtime that does no work for it. */
export default {
  fetch: () => new Response(null, { status: 429 }),
} satisfies ExportedHandler;
