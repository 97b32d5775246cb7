import { type Completeness, completenessOf } from "../delivery/completeness";
import { trimmed } from "../tuple";

/**
 * A session's streams as its row keeps them, in this order. `through` is how many events are expected. `received` is stored only if
 * it is not what the other counts leave of `through`.
 */
type StoredStream = [
  stream: string,
  through: number,
  missing?: number,
  rejected?: number,
  gone?: number,
  received?: number,
];

export const writeStreams = ({ streams }: Completeness): unknown[][] =>
  streams.map(({ stream, through, missing, rejected, gone, received }) => {
    const rest = through - missing - rejected - gone;
    return trimmed([stream, through, missing, rejected, gone, received], [null, null, 0, 0, 0, rest]);
  });

export const readStreams = (lines: readonly unknown[][]): Completeness =>
  completenessOf(
    lines.map((line) => {
      const [stream, through, missing = 0, rejected = 0, gone = 0, known] = line as StoredStream;
      return { stream, through, received: known ?? through - missing - rejected - gone, missing, rejected, gone };
    }),
  );
