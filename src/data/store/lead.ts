import type { CrmWord } from "../../core/leads/crm-word";
import type { Submission, Unheard } from "../../core/leads/lead";
import {
  formReader,
  isFields,
  isFlag,
  isNumber,
  isText,
  oneOf,
  orAbsent,
  orNull,
  readText,
  shaped,
} from "../../core/stored";
import type { Claimed } from "./leads";

/** What a lead actor knows of itself: one row of its own SQLite. */
export interface LeadState {
  v: 1;
  lead_id: string;
  site: string;
  /** The submit that this actor is named after, until it is where it belongs. Null after that, and in an actor that only adopts. */
  own: Submission | null;
  /** What the own submit came to; null until D1 has said so. */
  claim: Claimed | null;
  /** The CRM's last word, and whether D1 has it. */
  crm: (CrmWord & { unprojected: boolean }) | null;
  /**
   * The session to be asked whether its visitor is the one whom the submit claims; how often it was asked, and when it is asked
   * next, epoch ms.
   */
  unheard?: Unheard & { asks: number; ask_at: number };
  /** When an actor that has handed its submit on is wiped, epoch ms. */
  wipe_at: number | null;
}

export const readLeadState = formReader<LeadState>({
  name: "lead state",
  version: 1,
  shape: {
    lead_id: isText,
    site: isText,
    own: orNull(isFields),
    claim: orNull(shaped<Claimed>({ lead_id: isText, outcome: oneOf("created", "merged", "reengaged", "spam") })),
    crm: orNull(shaped<NonNullable<LeadState["crm"]>>({ status: isText, at: isNumber, unprojected: isFlag })),
    unheard: orAbsent(
      shaped<NonNullable<LeadState["unheard"]>>({
        session_id: isText,
        key_hash: orNull(isText),
        claimed: isText,
        asks: isNumber,
        ask_at: isNumber,
      }),
    ),
    wipe_at: orNull(isNumber),
  },
});

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS lead (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS submissions (submission_id TEXT PRIMARY KEY) WITHOUT ROWID",
];

/** The lead actor's own SQLite, beside its outbox. Synchronous, so that the calls of one turn are one commit. */
export class LeadStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Null for an actor that has nothing; asking creates nothing. */
  read(): LeadState | null {
    const found = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lead'").toArray();
    if (found.length === 0) return null;
    const [row] = this.#sql.exec<{ body: string }>("SELECT body FROM lead").toArray();
    return row ? readText(readLeadState, row.body) : null;
  }

  create(): void {
    for (const statement of SCHEMA) this.#sql.exec(statement);
  }

  write(state: LeadState): void {
    this.#sql.exec("INSERT OR REPLACE INTO lead (id, body) VALUES (1, ?)", JSON.stringify(state));
  }

  /** False when the submit is there already. */
  addSubmission(submission_id: string): boolean {
    const cursor = this.#sql.exec(
      "INSERT INTO submissions (submission_id) VALUES (?) ON CONFLICT DO NOTHING RETURNING submission_id",
      submission_id,
    );
    return cursor.toArray().length > 0;
  }
}
