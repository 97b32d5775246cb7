/** For a condition that becomes true at some time: a busy machine takes longer than one second, the default of `expect.poll`. */
export const PATIENT = { timeout: 15_000 };
