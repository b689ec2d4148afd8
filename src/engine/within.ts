import { startTimer } from '../shared/time/timers.ts';

/** Whether the promise settles within the time; real time, for deadlines of the process. */
export async function within(deadlineMs: number, promise: Promise<unknown>): Promise<boolean> {
  let cancel = (): void => undefined;
  const deadline = new Promise<boolean>((resolve) => (cancel = startTimer(deadlineMs, () => resolve(false))));
  try {
    return await Promise.race([promise.then(() => true), deadline]);
  } finally {
    cancel();
  }
}
