import type { Kit } from "../../kit";

/** Tells the page its engagement where that has changed. */
export function tellScore({ plug, emit }: Kit): void {
  let told: number | undefined;
  plug.answered = ({ engagement }) => {
    if (!engagement || engagement.score === told) return;
    told = engagement.score;
    emit("score", engagement);
  };
}
