import { safe } from "../../safe";
import { gppState, type PingData } from "./gpp";
import { look } from "./look";
import type { Source } from "./source";

type Listen = (command: string, hear: (event: { pingData?: PingData } | null, isSuccess: boolean) => void) => void;

export const gppSource: Source = (page, tell) =>
  look(() => {
    const { __gpp } = page as { __gpp?: Listen };
    if (typeof __gpp !== "function") return false;
    __gpp(
      "addEventListener",
      safe((event, isSuccess) => {
        // Each event has the whole state. While it is not ready, the last state stands.
        const { pingData } = event ?? {};
        if (isSuccess && pingData?.signalStatus === "ready") tell(gppState(pingData));
      }),
    );
    return true;
  });
