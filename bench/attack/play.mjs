// @ts-check
// Plays one attack beside the bystander, and as many requests that an empty Worker refuses, in turn.
import { sleep } from "../lib/process.mjs";
import { Half, PAUSE_MS } from "./half.mjs";

/** @typedef {{ name: string, isSpread: boolean, rate: number, minutes: number }} Attack  `rate`: requests a second. */
/** @typedef {{ subject: string, empty: string }} Built  Folders of built Workers. */
/** @typedef {import("./half.mjs").Side} Side */
/** @typedef {Attack & { attacked: Side, spared: Side, client: number }} Played  `client`: its CPU, share of a core. */

/** Both meet the same noise; and not less, where there is time: limits let through in its first seconds what they have for a minute. */
const SLICE_SECONDS = 60;
/** The archive lags by up to 75 s. */
const ARCHIVED_MS = 80_000;

/** @param {Attack} attack @param {Built} built @returns {Promise<Played>} */
export async function play(attack, built) {
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
