import { StatefunError } from '../../shared/errors.ts';
import { noChoices, choiceKinds, type RecordedChoices, type ChoiceKind } from '../schedule/choices.ts';

/** Everything that determines a run. */
export interface RunSeed {
  /** Makes the events, and the limits of the engine. */
  readonly seed: number;
  /** The indexes of the events in the run; undefined for all. */
  readonly events: readonly number[] | undefined;
  /** With the limits of production in place of the tiny ones that the seed gives. */
  readonly usualLimits: boolean;
  readonly choices: RecordedChoices;
}

/*
 * A run on one line:  v1 / seed / events / limits / choices
 *
 *   v1/7/all/tiny/                              all events, calm
 *   v1/7/0,3/usual/fault@12=1.next@3=2          events 0 and 3; the 13th choice of faults is 1, the 4th of what is next is 2
 */
const version = 'v1';

/** Returns a run as one line, for `simulate(application, { replay })`. */
export function formatReplay({ seed, events, usualLimits, choices }: RunSeed): string {
  const made = choiceKinds.flatMap((kind) =>
    choices[kind].flatMap((choice, index) => (choice === 0 ? [] : [`${kind}@${index}=${choice}`])),
  );
  return [version, seed, events?.join(',') ?? 'all', usualLimits ? 'usual' : 'tiny', made.join('.')].join('/');
}

/** Parses the line of a run. Throws SIMULATION_REPLAY_INVALID. */
export function parseReplay(text: string): RunSeed {
  const [format, seed, events, limits, made = '', ...rest] = text.trim().split('/');
  const usable = format === version && rest.length === 0 && isCount(seed) && (limits === 'usual' || limits === 'tiny');
  if (!usable || events === undefined) throw invalid(text);
  const choices = noChoices();
  for (const choice of made === '' ? [] : made.split('.')) {
    const [, kind, index, value] = /^([a-z]+)@(\d+)=(\d+)$/.exec(choice) ?? [];
    if (!isChoiceKind(kind) || index === undefined || value === undefined) throw invalid(text);
    const ofKind = choices[kind];
    while (ofKind.length < Number(index)) ofKind.push(0);
    ofKind[Number(index)] = Number(value);
  }
  return { seed: Number(seed), events: parseEvents(events, text), usualLimits: limits === 'usual', choices };
}

function parseEvents(events: string, text: string): readonly number[] | undefined {
  if (events === 'all') return undefined;
  if (events === '') return [];
  return events.split(',').map((index) => {
    if (!isCount(index)) throw invalid(text);
    return Number(index);
  });
}

function isCount(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,15}$/.test(text);
}

function isChoiceKind(name: string | undefined): name is ChoiceKind {
  return choiceKinds.some((kind) => kind === name);
}

function invalid(text: string): StatefunError {
  return new StatefunError('SIMULATION_REPLAY_INVALID', `${JSON.stringify(text)} is not the line of a run.`, { facts: { replay: text } });
}
