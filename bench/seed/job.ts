// What the thread that makes sessions is given, and what it gives back.

/** A browser profile of the `user-agents` package, as far as it is read. */
export interface Profile {
  userAgent: string;
  language?: string | null;
  platform: string;
  screenWidth: number;
  screenHeight: number;
}

export interface Hour {
  /** Epoch ms. */
  at: number;
  /** The number of its first session. */
  first: number;
  /** Its sessions. */
  count: number;
}

export interface Job {
  hours: Hour[];
  profiles: [Profile, ...Profile[]];
}

export interface Batch {
  /** What D1 takes, as JSON. */
  texts: { sessions: string; events: string; leads: string };
  sessions: number;
  events: number;
  /** The hour of its last session, epoch ms: once it is written, all sessions from before that hour are. */
  through: number;
  /** Whether it is the job's last batch. */
  isLast: boolean;
}
