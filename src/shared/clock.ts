/** Cancels what was scheduled; calling it again, or late, does nothing. */
export type Cancel = () => void;

/** Where time comes from. Only hosts choose one; functions see `context.now()`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, not before `dueAt` (milliseconds since the epoch), never synchronously. */
  schedule(dueAt: number, callback: () => void): Cancel;
}

/** Longest delay Node's timers take; longer ones are scheduled again. */
const timeoutMsMax = 2_147_483_647;

/** The clock of the machine. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(dueAt, callback) {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = dueAt - Date.now();
      handle = setTimeout(left > timeoutMsMax ? arm : callback, Math.min(Math.max(left, 0), timeoutMsMax));
    };
    arm();
    return () => clearTimeout(handle);
  },
};
