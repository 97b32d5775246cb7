import type { Kit } from "../../kit";

/** Tells the page what the server's answers say: its engagement, where that has changed, and what is not taken. */
export function tellAnswers({ plug, emit }: Kit): void {
  let told: number | undefined;
  plug.answered = (reply, { batch }) => {
    const { engagement, code, rejected } = reply;
    if (code ?? rejected?.[0]) emit("rejected", { ...reply, events: JSON.parse(`[${batch?.json ?? ""}]`) });
    if (!engagement || engagement.score === told) return;
    told = engagement.score;
    emit("score", engagement);
  };
}
