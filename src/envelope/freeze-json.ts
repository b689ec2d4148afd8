import { describe, StatefunError } from '../shared/errors.ts';
import { walkJson, type JsonLoss } from '../shared/walk-json.ts';

/** Most levels of arrays and objects below an event: deeper ones would exhaust the stack of code that walks them. */
export const eventDepthMax = 500;

/**
 * Freezes an event at every level. Throws EVENT_NOT_SERIALIZABLE for anything that JSON would change or lose.
 *
 * A receiver in this process sees the object that was sent; one that reads the message from the log sees the JSON of it. Both have to be the same,
 * but for properties that are undefined and the sign of -0.
 */
export function freezeJson(event: object): void {
  ensureJson(event, true);
}

/** The check of {@link freezeJson} for an event that is written at once and not kept: nothing is frozen. */
export function checkJson(event: object): void {
  ensureJson(event, false);
}

function ensureJson(event: object, freeze: boolean): void {
  // The event itself is a level, too.
  const result = walkJson(event, { depthMax: eventDepthMax + 1, freeze });
  if (typeof result !== 'number') throw notSerializable(result);
}

function notSerializable(loss: JsonLoss): StatefunError {
  const path = loss.isTooDeep ? loss.path.slice(0, 4) : loss.path;
  const where = path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
  const owner = where === '' ? 'the event' : `"${where}" of the event`;
  return new StatefunError('EVENT_NOT_SERIALIZABLE', `${owner} ${problemOf(loss)}.`, { facts: { path: where } });
}

function problemOf({ part, isTooDeep }: JsonLoss): string {
  if (isTooDeep) return `is nested more than ${eventDepthMax} levels deep, or contains itself`;
  if (typeof part === 'number' || part === undefined) return `is ${part}, which JSON turns into null`;
  if (typeof part === 'object') return `is ${describe(part)}, which JSON would change or lose`;
  return `is a ${typeof part}, which JSON would lose`;
}
