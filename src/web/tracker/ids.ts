/** A random UUID (version 4). `crypto.randomUUID` is missing on plain http pages. */
export const uuid = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const random = Number(crypto.getRandomValues(new Uint8Array(1)));
    return (+digit ^ (random & (15 >> (+digit / 4)))).toString(16);
  });

/** Two UUIDs, 244 random bits, so that nobody can guess it. */
export const secret = (): string => uuid() + uuid();

/**
 * Whether a text looks like a UUID, or like a secret of `units` characters. This is checked because any script can write to the
 * page's storage, and the server would refuse a malformed id for ever.
 */
export const isOwn = (id: unknown, units = 36): id is string =>
  /^[\da-f-]+$/.test(id as string) && (id as string).length === units;

/** A stream's name, 12 hex digits. That is enough, because it has to differ only from the session's other streams. */
export const streamName = (): string => uuid().slice(-12);
