import { safe } from "../../safe";
import { look } from "./look";
import type { Source } from "./source";
import { purposesIn, type TcData, tcfState } from "./tcf";

type Listen = (command: string, version: number, hear: (data: TcData | null, isSuccess: boolean) => void) => void;

/** Listens as soon as there is an API. A stub is enough, because it hands its listeners over to the platform that loads later. */
export const tcfSource =
  (option: string): Source =>
  (page, tell) => {
    const purposes = purposesIn(option);
    look(() => {
      const { __tcfapi } = page as { __tcfapi?: Listen };
      if (typeof __tcfapi !== "function") return false;
      __tcfapi(
        "addEventListener",
        2,
        safe((data, isSuccess) => {
          const state = isSuccess && data ? tcfState(data, purposes) : undefined;
          if (state) tell(state);
        }),
      );
      return true;
    });
  };
