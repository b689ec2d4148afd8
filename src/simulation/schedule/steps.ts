import { appendAll } from '../../shared/append-all.ts';
import { countOf } from '../../shared/text/count-of.ts';
import { toIsoTime } from '../../shared/time/iso-time.ts';
import type { Choices } from './choices.ts';
import type { EngineRun } from '../world/engine-run.ts';
import type { RunSettings, StepKind } from './run-settings.ts';
import type { SimulatedClock } from '../world/simulated-clock.ts';
import type { EgressAnswer } from '../world/simulated-egress.ts';
import type { WatchedHandlers } from '../world/watched-handlers.ts';

/** A step that can be taken now. */
export interface Step {
  readonly kind: StepKind;
  /** Returns the text of the step for people. Called only if somebody reads it, after the step. */
  readonly text: () => string;
  readonly take: () => void;
}

export interface StepsOptions {
  readonly choices: Choices;
  readonly settings: RunSettings;
  readonly clock: SimulatedClock;
  readonly handlers: WatchedHandlers;
  /** A run waits for everything that is due within this time, in milliseconds. */
  readonly horizonMs: number;
}

/** Longest move of the clock while there is something else to do, in milliseconds: minutes of work must not take hours of the clock. */
const busyMsMax = 60_000;

/** Finds the possible steps and chooses one. Every order that a real process could see is possible, and no other. */
export class Steps {
  readonly #options: StepsOptions;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** Returns one of the possible steps, or undefined when there is none. */
  next(engineRun: EngineRun): Step | undefined {
    // In the order in which a quiet run takes them.
    const steps = [...this.#ofLoop(engineRun), ...this.#ofStore(engineRun), ...this.#ofOutside(engineRun)];
    if (engineRun.wait !== undefined) steps.push({ kind: 'wait', text: () => 'a commit has waited long enough', take: engineRun.wait });
    appendAll(steps, this.#ofClock(steps.length === 0 ? this.#options.horizonMs : busyMsMax));
    if (steps.length < 2) return steps[0];
    const { choices, settings } = this.#options;
    return steps[choices.choose('next', steps.length, (random) => pickByWeight(steps, settings, random.next()))];
  }

  #ofLoop({ turn }: EngineRun): readonly Step[] {
    const settled = this.#options.handlers.settled.map(({ text, release }): Step => ({ kind: 'settle', text: () => text, take: release }));
    return turn === undefined ? settled : [{ kind: 'turn', text: () => 'the engine takes a turn', take: turn }, ...settled];
  }

  #ofStore({ store }: EngineRun): readonly Step[] {
    const steps: Step[] = store.reads.map(({ collection, answer }) => ({
      kind: 'read',
      text: () => `"${collection}" is read`,
      take: answer,
    }));
    const { commitStep, commitNumber } = store;
    if (commitStep === 'begun') {
      const text = (): string => `commit ${commitNumber} is durable, the engine does not know yet`;
      steps.push({ kind: 'write', text, take: () => store.write() });
    } else if (commitStep === 'written') {
      steps.push({ kind: 'acknowledge', text: () => `commit ${commitNumber} is acknowledged`, take: () => store.acknowledge() });
    }
    return steps;
  }

  #ofOutside({ egress, ingress }: EngineRun): readonly Step[] {
    const steps: Step[] = [];
    for (const port of egress) {
      const { waiting } = port;
      if (waiting === 0) continue;
      let answer: EgressAnswer = 'taken';
      steps.push({
        kind: 'egress',
        text: () => `${port.id} answers ${countOf(waiting, 'record')}: ${answerTexts[answer]}`,
        take: () => port.answer((answer = this.#answer())),
      });
    }
    for (const partition of ingress.ready) {
      let titles: readonly string[] = [];
      const take = (): void => void (titles = ingress.deliver(partition, this.#batch()));
      steps.push({ kind: 'deliver', text: () => `the ingress delivers ${titles.join(', ')}`, take });
    }
    return steps;
  }

  #ofClock(aheadMsMax: number): readonly Step[] {
    const { clock, handlers } = this.#options;
    const { nextDueAt } = clock;
    if (nextDueAt === undefined || nextDueAt > clock.now() + aheadMsMax || !handlers.mayPass(nextDueAt)) return [];
    return [{ kind: 'clock', text: () => `the clock comes to ${toIsoTime(nextDueAt)}`, take: () => clock.step() }];
  }

  #answer(): EgressAnswer {
    const { choices, settings } = this.#options;
    const answers: readonly EgressAnswer[] = ['taken', 'failed', 'answer-lost'];
    const drawn = choices.choose('egress', answers.length, (random) => (random.chance(settings.egressFailRate) ? 1 + random.below(2) : 0));
    return answers[drawn] ?? 'taken';
  }

  #batch(): number {
    return 1 + this.#options.choices.choose('batch', 5, (random) => random.below(5));
  }
}

const answerTexts: Readonly<Record<EgressAnswer, string>> = {
  taken: 'taken',
  failed: 'not taken, and that is an error',
  'answer-lost': 'taken, but the answer is lost',
};

function pickByWeight(steps: readonly Step[], { weights }: RunSettings, dice: number): number {
  let left = dice * steps.reduce((sum, { kind }) => sum + weights[kind], 0);
  for (const [index, { kind }] of steps.entries()) {
    left -= weights[kind];
    if (left < 0) return index;
  }
  return steps.length - 1;
}
