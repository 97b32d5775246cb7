/** JSON that nobody may keep. */
export const freshJson = (body: object, status = 200): Response =>
  Response.json(body, { status, headers: { "Cache-Control": "no-store" } });
