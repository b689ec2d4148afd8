/** What a pair that ran tells. A pair that found something wrong throws instead. */
export interface Outcome {
  /** Invocations of functions, or what else the pair counts. */
  readonly messages: number;
  readonly failuresInjected: number;
  /** From the first message to the last result, without the time to install and to start. */
  readonly durationMs: number;
}

export interface RunOptions {
  /** Smaller numbers, for CI. */
  readonly short: boolean;
  readonly seed: number;
}

/** Two sides that must understand each other. */
export interface Pair {
  /** What is typed to run it alone. */
  readonly name: string;
  readonly title: string;
  /** Left out of the short form, unless it is named. */
  readonly onlyInFull?: boolean;
  /** Throws `Skipped` when something that is not ours cannot be had. */
  run(options: RunOptions): Promise<Outcome>;
}

/** Something outside of the project is missing on this machine: no fault of what is tested. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export function assertSame(what: string, actual: unknown, expected: unknown): void {
  const [actualText, expectedText] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (actualText !== expectedText) throw new Error(`${what}: expected ${expectedText}, but got ${actualText}`);
}
