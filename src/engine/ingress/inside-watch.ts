import { StatefunError } from '../../shared/errors.ts';

/** Once functions count as messaging each other without end, a record is taken for every so many invocations. */
const invocationsPerRecord = 10;

/** Functions that message each other without a pause. */
export interface EndlessMessages {
  /** The share of each function type in the invocations, from 0 to 1, largest first. */
  readonly functions: readonly { readonly functionType: string; readonly share: number }[];
  /** Invocations in a row. */
  readonly invocations: number;
  readonly perSecond: number;
  /** How much of the time the engine is busy with them, from 0 to 1. */
  readonly shareOfTime: number;
}

export interface InsideWatchOptions {
  readonly invocationsMax: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Called when the limit is passed, and at ten times as many, and so on. */
  readonly noticed: (endless: EndlessMessages) => void;
}

/**
 * Counts the invocations since the engine last had no message to handle. Counting, not time, decides when a record is let in, so that the same
 * messages always let it in at the same place.
 */
export class InsideWatch {
  readonly #options: InsideWatchOptions;
  readonly #byType = new Map<string, number>();
  #invocations = 0;
  #noticeAt: number;
  #sampledFromMs = 0;
  #workedMs = 0;
  #recordDue = false;

  constructor(options: InsideWatchOptions) {
    this.#options = options;
    this.#noticeAt = options.invocationsMax;
  }

  /** A message has been handled, and others may be there. */
  handled(functionType: string): void {
    this.#invocations += 1;
    const { invocationsMax, noticed, now } = this.#options;
    if (this.#invocations * 2 < invocationsMax) return;
    // Who they are is looked at only when there is reason to: counting types would cost every invocation something.
    if (this.#byType.size === 0) {
      this.#sampledFromMs = now();
      this.#workedMs = 0;
    }
    this.#byType.set(functionType, (this.#byType.get(functionType) ?? 0) + 1);
    if (this.#invocations < invocationsMax) return;
    if ((this.#invocations - invocationsMax) % invocationsPerRecord === 0) this.#recordDue = true;
    if (this.#invocations < this.#noticeAt) return;
    this.#noticeAt *= 10;
    noticed(this.#endless());
  }

  /** The engine has worked for so long. */
  worked(durationMs: number): void {
    this.#workedMs += durationMs;
  }

  /** No message can be handled. */
  paused(): void {
    if (this.#invocations === 0) return;
    this.#invocations = 0;
    this.#noticeAt = this.#options.invocationsMax;
    this.#recordDue = false;
    this.#byType.clear();
  }

  /** Whether a record is let in though messages wait. */
  get recordDue(): boolean {
    return this.#recordDue;
  }

  recordTaken(): void {
    this.#recordDue = false;
  }

  /** Undefined unless functions message each other without a pause now. */
  get endless(): EndlessMessages | undefined {
    return this.#invocations < this.#options.invocationsMax ? undefined : this.#endless();
  }

  #endless(): EndlessMessages {
    const sampled = [...this.#byType.values()].reduce((sum, count) => sum + count, 0);
    const functions = [...this.#byType].map(([functionType, count]) => ({ functionType, share: count / sampled }));
    const elapsedMs = Math.max(this.#options.now() - this.#sampledFromMs, 1);
    return {
      functions: functions.sort((left, right) => right.share - left.share),
      invocations: this.#invocations,
      perSecond: Math.round((sampled / elapsedMs) * 1_000),
      shareOfTime: Math.min(this.#workedMs / elapsedMs, 1),
    };
  }
}

/** The warning, for people. */
export function endlessError({ functions, invocations, perSecond, shareOfTime }: EndlessMessages): StatefunError {
  const names = functions.map(({ functionType, share }) => `${functionType} (${percent(share)})`);
  const summary = `${names.join(', ')} have handled ${invocations} messages without a pause, ${perSecond} a second, in ${percent(shareOfTime)} of the time.`;
  return new StatefunError('MESSAGES_WITHOUT_END', summary, { facts: { functions, invocations, perSecond, shareOfTime } });
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
