/** A form that somebody has begun and not submitted. Plain JSON: it is part of the snapshot. */
export interface OpenForm {
  form: string;
  page: string | null;
  /** First and last act on it, epoch ms. */
  first_at: number;
  last_at: number;
  /** When the last act on it was received: an act that was sent late is not long ago. Absent in snapshots of before. */
  received_at?: number;
  last_field: string | null;
  /** Names of the fields touched, the first 64. */
  fields: string[];
}

/** The newest submit of a form: what was done on it before, and arrives after, does not open it again. */
export type SentForm = [form: string, at: number];
