/** What the process's exit code means. */
export const exitCodes = { ok: 0, difference: 1, error: 2, usage: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
