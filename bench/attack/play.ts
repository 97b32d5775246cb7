// Plays one attack beside the bystander, in turn with as many requests that an empty Worker refuses.
import { sleep } from "../lib/process.ts";
import { type Attack, type Built, Half, PAUSE_MS, type Side } from "./half.ts";

export interface Played extends Attack {
  attacked: Side;
  spared: Side;
  /** CPU of this process, share of a core. */
  client: number;
}

/** Short, so that both meet the same noise; but a minute, because limits let a minute's share through in their first seconds. */
const SLICE_SECONDS = 60;
/** The archive lags by up to 75 s. */
const ARCHIVED_MS = 80_000;

export async function play(attack: Attack, built: Built): Promise<Played> {
  const attacked = await Half.open("attacked", attack, built);
  const spared = await Half.open("spared", attack, built);
  try {
    await Promise.all([attacked.warm(), spared.warm()]);
    const seconds = attack.minutes * 60;
    const slices = Math.max(1, Math.round(seconds / SLICE_SECONDS));
    const usage = process.cpuUsage();
    const began = performance.now();
    let last = began;
    for (let i = 0; i < slices; i++) {
      for (const half of [attacked, spared]) {
        await half.slice(seconds / slices);
        if (half === attacked) last = performance.now() - PAUSE_MS;
      }
    }
    const { user, system } = process.cpuUsage(usage);
    const client = (user + system) / 1e3 / (performance.now() - began);
    attacked.hangUp();
    spared.hangUp();
    if (attacked.wasTaken()) await sleep(Math.max(0, last + ARCHIVED_MS - performance.now()));
    return { ...attack, attacked: await attacked.side(), spared: await spared.side(), client };
  } finally {
    await attacked.close();
    await spared.close();
  }
}
