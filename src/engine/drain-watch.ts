/** Messages handled before a stop looks whether they have become fewer; each that waits may lead to a few more. */
const handledMin = 10_000;
const handledPerMessage = 4;

/** Handlers may be slow: then it looks after a quarter of the deadline, and so many messages. */
const deadlineShare = 0.25;
const slowHandledMin = 100;

/** Tells whether a stop gets anywhere: messages that lead to as many others again and again are not worth its deadline. */
export class DrainWatch {
  readonly #deadlineMs: number;
  readonly #now: () => number;
  #window: { readonly messages: number; readonly fromMs: number; handled: number } | undefined;

  constructor(deadlineMs: number, now: () => number) {
    this.#deadlineMs = deadlineMs;
    this.#now = now;
  }

  /** A message has been handled, and so many are left; false when there are as many as before. */
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
