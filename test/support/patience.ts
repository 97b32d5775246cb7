/** For what comes when it comes: a busy machine takes longer than the second that is the default of `expect.poll`. */
export const PATIENT = { timeout: 15_000 };
