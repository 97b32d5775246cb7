/**
 * What rules watch, as bits. An entry says which topics it may have changed, and only the rules that watch one of them are asked.
 */
export const Topic = {
  /** Device, screen and signals, from a start. */
  client: 1,
  /** What the edge tells of the connection. */
  network: 2,
  /** An identity actor's answer. */
  identity: 4,
  /** Any act of the visitor: it moves engaged time and velocity. */
  act: 8,
  pointer: 16,
  click: 32,
  scroll: 64,
  form: 128,
  /** Deliberate acts: clicks, fields, pages, custom events. */
  deed: 256,
  /** The page was left and seen again. */
  visibility: 512,
  /** A form was sent, or a lead arrived. */
  lead: 1_024,
  /** The other scores, which risk reads. */
  scores: 2_048,
} as const;

export type TopicName = keyof typeof Topic;
