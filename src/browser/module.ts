/** The ES module entry, `pulsegate/browser`: the same API without globals, started by `init`. */
import { api } from "./api";

export const { init, track, identify, flush, end, on, consent } = api;
