import { StatefunError } from '../../shared/errors.ts';

/** Invocations for each record that is taken while functions message each other without end. */
const invocationsPerRecord = 10;

/** Describes functions that message each other without a pause. */
export interface EndlessMessages {
  /** The share of each function type in the invocations, from 0 to 1, largest first. */
  readonly functions: readonly { readonly functionType: string; readonly share: number }[];
  /** Invocations in a row. */
  readonly invocations: number;
  readonly perSecond: number;
  /** The share of the engine's time that they take, from 0 to 1. */
  readonly shareOfTime: number;
}

export interface InsideWatchOptions {
  readonly invocationsMax: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Called when the limit is passed, at ten times the limit, and so on. */
  readonly noticed: (endless: EndlessMessages) => void;
}

/**
 * Counts the invocations since the engine last had no message to handle. The count, not the time, decides when a record is let in, so the same
 * messages let it in at the same place every time.
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

  /** Counts a handled message. */
  handled(functionType: string): void {
    this.#invocations += 1;
    const { invocationsMax, noticed, now } = this.#options;
    if (this.#invocations * 2 < invocationsMax) return;
    // Types are counted only from half of the limit on: counting them costs every invocation something.
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

  /** Adds time that the engine has worked. */
  worked(durationMs: number): void {
    this.#workedMs += durationMs;
  }

  /** Starts again from zero: no message can be handled. */
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

  /** The functions that message each other without a pause; undefined when none do. */
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

/** Returns the warning about them. */
export function endlessError({ functions, invocations, perSecond, shareOfTime }: EndlessMessages): StatefunError {
  const names = functions.map(({ functionType, share }) => `${functionType} (${percent(share)})`);
  const summary = `${names.join(', ')} have handled ${invocations} messages without a pause, ${perSecond} a second, in ${percent(shareOfTime)} of the time.`;
  return new StatefunError('MESSAGES_WITHOUT_END', summary, { facts: { functions, invocations, perSecond, shareOfTime } });
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
