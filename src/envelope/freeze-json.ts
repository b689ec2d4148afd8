import { describe, StatefunError } from '../shared/errors.ts';

/** Most levels of arrays and objects in an event: deeper ones would exhaust the stack of whoever walks them. */
export const eventDepthMax = 500;

/**
 * Freezes an event all the way down, and throws EVENT_NOT_SERIALIZABLE for anything that JSON would change or lose.
 *
 * A receiver in this process sees the very object that was sent, one that reads the message back from the log sees what JSON kept of it:
 * they must be the same. Two things nobody should notice are let pass: a property that is undefined, and the sign of -0.
 */
export function freezeJson(event: object): void {
  walkObject(event, [], 0, Object.freeze);
}

/** The same check for an event that is written at once and not kept: nothing is frozen. */
export function checkJson(event: object): void {
  walkObject(event, [], 0, undefined);
}

/** The keys that lead to a value, from the event down. */
type Path = (string | number)[];
type Freeze = (value: object) => unknown;

function walkObject(value: object, path: Path, depth: number, freeze: Freeze | undefined): void {
  if (depth > eventDepthMax) refuse(path.slice(0, 4), `is nested more than ${eventDepthMax} levels deep, or contains itself`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (item === undefined) refuse([...path, index], 'is undefined, which JSON turns into null');
      walkValue(item, index, path, depth, freeze);
    }
  } else {
    if (!isPlain(value)) refuse(path, `is ${describe(value)}, which JSON would change or lose`);
    for (const key of Object.keys(value)) walkValue((value as Record<string, unknown>)[key], key, path, depth, freeze);
  }
  freeze?.(value);
}

function walkValue(value: unknown, key: string | number, path: Path, depth: number, freeze: Freeze | undefined): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse([...path, key], `is ${value}, which JSON turns into null`);
      return;
    case 'object':
      if (value === null) return;
      path.push(key);
      walkObject(value, path, depth + 1, freeze);
      path.pop();
      return;
    case 'bigint':
    case 'function':
    case 'symbol':
      refuse([...path, key], `is a ${typeof value}, which JSON would lose`);
  }
}

/** Objects of another realm (a vm context, a structured clone in tests) are plain too: what counts is that nothing is above their prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuse(path: Path, problem: string): never {
  const where = path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
  throw new StatefunError('EVENT_NOT_SERIALIZABLE', `${where === '' ? 'the event' : `"${where}" of the event`} ${problem}.`, {
    facts: { path: where },
  });
}
