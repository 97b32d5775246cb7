/** A form that was begun and not submitted. Part of the snapshot, so plain JSON. */
export interface OpenForm {
  form: string;
  page: string | null;
  /** First and last act on it, epoch ms. */
  first_at: number;
  last_at: number;
  /** When the last act on it was received, epoch ms: an act that was sent late must not make the form look abandoned. */
  received_at: number;
  last_field: string | null;
  /** Names of the fields touched, the first 64. */
  fields: string[];
}

/** The newest submit of a form: earlier acts on it that arrive later do not open it again. */
export type SentForm = [form: string, at: number];
