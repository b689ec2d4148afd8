/** Messages handled before a stop checks whether fewer are left. Each waiting message may lead to a few more. */
const handledMin = 10_000;
const handledPerMessage = 4;

/** With slow handlers the check comes after this share of the deadline, and after so many messages. */
const deadlineShare = 0.25;
const slowHandledMin = 100;

/** Finds out whether a stop makes progress. It ends early when messages lead to as many others again and again. */
export class DrainWatch {
  readonly #deadlineMs: number;
  readonly #now: () => number;
  #window: { readonly messages: number; readonly fromMs: number; handled: number } | undefined;

  constructor(deadlineMs: number, now: () => number) {
    this.#deadlineMs = deadlineMs;
    this.#now = now;
  }

  /** Counts a handled message. Returns false when as many messages are left as before. */
  getsOn(messagesLeft: number): boolean {
    this.#window ??= { messages: messagesLeft, fromMs: this.#now(), handled: 0 };
    const window = this.#window;
    window.handled += 1;
    const enough = window.handled >= handledMin + handledPerMessage * window.messages;
    const slow = window.handled % slowHandledMin === 0 && this.#now() - window.fromMs >= this.#deadlineMs * deadlineShare;
    if (!enough && !slow) return true;
    this.#window = undefined;
    return messagesLeft < window.messages;
  }
}
