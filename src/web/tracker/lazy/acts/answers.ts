import type { Kit } from "../../kit";

/** Tells the page's hooks what the server answered: a changed engagement, and rejected events. */
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
