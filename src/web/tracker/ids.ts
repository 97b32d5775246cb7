/** A random UUID (version 4). `crypto.randomUUID` is missing on plain http pages. */
export const uuid = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const random = Number(crypto.getRandomValues(new Uint8Array(1)));
    return (+digit ^ (random & (15 >> (+digit / 4)))).toString(16);
  });

/** Two of them, 244 random bits: nobody else is ever to guess it. */
export const secret = (): string => uuid() + uuid();

/**
 * Looks like one of them, or like a secret where that is asked for. Anything on the page can write to its storage, and what is
 * malformed would be refused for ever.
 */
export const isOwn = (id: unknown, units = 36): id is string =>
  /^[\da-f-]+$/.test(id as string) && (id as string).length === units;

/** A stream's name, 12 hex digits: it only has to differ from the session's other page loads. */
export const streamName = (): string => uuid().slice(-12);
