import type { CloudEvent } from '../envelope/cloud-event.ts';
import { parsePayload } from '../envelope/parse-cloud-event.ts';
import { toMilliseconds } from '../shared/duration.ts';
import { describe, StatefunError, toError } from '../shared/errors.ts';
import { parseEgressExpectation, type EgressExpectation } from './egress-expectation.ts';
import { isRecord } from './match.ts';
import { parseStateExpectation, type StateExpectation } from './state-expectation.ts';

/** A line of a fixture: an event to play, or something that is said about the play. */
export type FixtureLine = { readonly place: string } & (
  | { readonly kind: 'event'; readonly event: CloudEvent; readonly text: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'delay-between-events'; readonly delayMs: number }
  | { readonly kind: 'expect-egress'; readonly expectation: EgressExpectation }
  | { readonly kind: 'expect-state'; readonly expectation: StateExpectation }
);

/** Lines whose type begins with this are about the play; they are no events, and need no more than `type` and `data`. */
const controlPrefix = 'test.';

/**
 * Reads one line of a fixture. `place` is `file:line`.
 *
 * Throws FIXTURE_INVALID, naming the place.
 */
export function parseFixtureLine(text: string, place: string): FixtureLine {
  const value = parseObject(text, place);
  const type = value['type'];
  if (typeof type === 'string' && type.startsWith(controlPrefix)) return parseControlLine(type, value['data'], place);
  return { place, kind: 'event', text, event: parseEvent(text, place) };
}

function parseControlLine(type: string, data: unknown, place: string): FixtureLine {
  switch (type) {
    case 'test.comment':
      return { place, kind: 'comment', text: typeof data === 'string' ? data : JSON.stringify(data ?? '') };
    case 'test.delay':
      return { place, kind: 'delay', delayMs: parseDelay(type, data, place) };
    case 'test.delay-between-events':
      return { place, kind: 'delay-between-events', delayMs: parseDelay(type, data, place) };
    case 'test.expect-egress':
      return { place, kind: 'expect-egress', expectation: parseEgressExpectation(data, place) };
    case 'test.expect-state':
      return { place, kind: 'expect-state', expectation: parseStateExpectation(data, place) };
    default:
      throw new StatefunError('FIXTURE_INVALID', `${place}: "${type}" is not a control line.`, {
        facts: { place, type },
        hint: `Types that begin with "${controlPrefix}" control the play: test.comment, test.delay, test.delay-between-events, test.expect-egress, test.expect-state.`,
      });
  }
}

function parseDelay(type: string, data: unknown, place: string): number {
  if (typeof data === 'number' || typeof data === 'string') {
    try {
      return toMilliseconds(data);
    } catch (cause) {
      throw new StatefunError('FIXTURE_INVALID', `${place}: the data of ${type}: ${toError(cause).message}`, { facts: { place }, cause });
    }
  }
  throw new StatefunError('FIXTURE_INVALID', `${place}: the data of ${type} is ${describe(data)}, not milliseconds.`, { facts: { place } });
}

function parseObject(text: string, place: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StatefunError('FIXTURE_INVALID', `${place}: the line is not JSON: ${toError(cause).message}.`, { facts: { place }, cause });
  }
  if (isRecord(value)) return value;
  throw new StatefunError(
    'FIXTURE_INVALID',
    `${place}: the line holds ${Array.isArray(value) ? 'an array' : describe(value)}, not an object.`,
    { facts: { place } },
  );
}

function parseEvent(text: string, place: string): CloudEvent {
  try {
    return parsePayload(text);
  } catch (cause) {
    if (!StatefunError.is(cause)) throw cause;
    throw new StatefunError('FIXTURE_INVALID', `${place}: the line is not a CloudEvent: ${cause.summary}`, {
      facts: { place },
      hint: cause.hint,
      cause,
    });
  }
}
