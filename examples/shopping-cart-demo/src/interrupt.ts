/** Signals this close together are one Ctrl-C: the terminal sends it to every process, and npm sends it to its children again. */
const sameInterruptMs = 1_000;

/** What shells report for a program that a signal ended. */
export const interruptedExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that Ctrl-C and SIGTERM abort. Another one, a second later or more, ends the process at once. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let interruptedAtMs: number | undefined;
  // The listeners stay until the end: process 1 of a container gets only signals that it listens to.
  const interrupt = (signal: keyof typeof interruptedExitCodes): void => {
    interruptedAtMs ??= performance.now();
    if (performance.now() - interruptedAtMs > sameInterruptMs) process.exit(interruptedExitCodes[signal]);
    controller.abort(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return controller.signal;
}
