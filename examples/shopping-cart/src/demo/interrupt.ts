/** npm passes Ctrl-C on to its children, which the terminal has told already: what follows this soon is the same Ctrl-C. */
const sameInterruptMs = 1_000;

/** A signal that Ctrl-C aborts. Another Ctrl-C, a second later or more, ends the process at once. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort();
    setTimeout(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt), sameInterruptMs).unref();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return controller.signal;
}
