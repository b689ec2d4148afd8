import { countDisturbances, choiceKinds, type RecordedChoices, type ChoiceKind } from '../schedule/choices.ts';
import { minimize } from './minimize.ts';
import type { RunSeed } from './replay.ts';

/**
 * Runs a candidate. Returns the choices made if it fails in the same way, else undefined. With `draw` the run makes new choices, different ones
 * for each number.
 */
export type RunCandidate = (candidate: RunSeed, draw?: number) => Promise<RecordedChoices | undefined>;

/** Number of new draws of choices for fewer events. With other events, the old choices mean other things. */
const drawsMax = 20;

/** Most runs spent on making one failure smaller. */
const runsMax = 1_500;

/** Most rounds: what one round leaves, the next may still make smaller. */
const roundsMax = 3;

/**
 * Searches a smaller run that fails in the same way: with usual limits, fewer events, fewer faults and fewer changes of order. Each candidate is
 * run, so the result fails.
 */
export async function shrink(
  failing: RunSeed,
  eventCount: number,
  runCandidate: RunCandidate,
): Promise<{ readonly seed: RunSeed; readonly runs: number }> {
  let [best, runs] = [failing, 0];
  const tryOne = async (candidate: RunSeed, draw?: number): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs += 1;
    const made = await runCandidate(candidate, draw);
    if (made === undefined) return false;
    best = { ...candidate, choices: made };
    return true;
  };
  const tryEvents = async (events: readonly number[]): Promise<boolean> => {
    if (await tryOne({ ...best, events })) return true;
    for (let draw = 0; draw < drawsMax; draw += 1) if (await tryOne({ ...best, events }, draw)) return true;
    return false;
  };
  for (let round = 0; round < roundsMax; round += 1) {
    const before = sizeOf(best, eventCount);
    if (!best.usualLimits) await tryOne({ ...best, usualLimits: true });
    await minimize(best.events ?? range(eventCount), tryEvents);
    for (const kind of choiceKinds) {
      await makeCalm(best.choices[kind], (choices) => tryOne(withChoices(best, kind, choices)));
      await shorten(
        () => best.choices[kind],
        (choices) => tryOne(withChoices(best, kind, choices)),
      );
    }
    if (sizeOf(best, eventCount) === before) break;
  }
  return { seed: best, runs };
}

/** Makes as many of the choices calm as it can. */
async function makeCalm(choices: readonly number[], fails: (choices: readonly number[]) => Promise<boolean>): Promise<void> {
  const disturbing = [...choices.entries()].filter(([, choice]) => choice > 0);
  await minimize(disturbing, (left) => {
    const kept = new Map(left);
    return fails(choices.map((_, index) => kept.get(index) ?? 0));
  });
}

/** Takes choices out, the last first, so that what follows happens earlier: a fault takes the place of a step, and a calm choice does not. */
async function shorten(current: () => readonly number[], fails: (choices: readonly number[]) => Promise<boolean>): Promise<void> {
  for (let index = current().findLastIndex((choice) => choice > 0); index >= 0; index -= 1) {
    const choices = current();
    if ((choices[index] ?? 0) > 0) await fails([...choices.slice(0, index), ...choices.slice(index + 1)]);
  }
}

function withChoices(seed: RunSeed, kind: ChoiceKind, choices: readonly number[]): RunSeed {
  return { ...seed, choices: { ...seed.choices, [kind]: choices } };
}

function sizeOf({ events, choices, usualLimits }: RunSeed, eventCount: number): number {
  return (events?.length ?? eventCount) * 1_000 + countDisturbances(choices) + (usualLimits ? 0 : 0.5);
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
