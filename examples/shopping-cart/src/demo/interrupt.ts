/** npm passes Ctrl-C on to its children, which the terminal has told already: what follows this soon is the same Ctrl-C. */
const sameInterruptMs = 1_000;

/** What shells report for a program that a signal ended. */
export const interruptedExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that Ctrl-C and SIGTERM abort. Another one, a second later or more, ends the process at once. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let interruptedAtMs: number | undefined;
  // Listened to until the end: process 1 of a container never gets a signal that nobody listens to.
  const interrupt = (signal: keyof typeof interruptedExitCodes): void => {
    interruptedAtMs ??= performance.now();
    if (performance.now() - interruptedAtMs > sameInterruptMs) process.exit(interruptedExitCodes[signal]);
    controller.abort(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return controller.signal;
}
