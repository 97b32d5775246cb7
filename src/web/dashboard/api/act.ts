import { useState } from "preact/hooks";
import { ApiError, type Call, call } from "./client";

export interface Act {
  /** Null if it was refused; `error` then says why. */
  run: <T>(path: string, how: Call) => Promise<T | null>;
  isRunning: boolean;
  error: ApiError | null;
  /** Clears `error`. */
  forget: () => void;
}

/** An action of the viewer on the server, with its progress and its error. */
export function useAct(): Act {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async <T>(path: string, how: Call): Promise<T | null> => {
    setRunning(true);
    setError(null);
    try {
      return await call<T>(path, how);
    } catch (failed) {
      setError(failed instanceof ApiError ? failed : new ApiError(0, "unreadable", "The answer cannot be read."));
      return null;
    } finally {
      setRunning(false);
    }
  };
  return { run, isRunning, error, forget: () => setError(null) };
}
