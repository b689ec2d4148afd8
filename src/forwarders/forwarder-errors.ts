import type { CloudEvent } from '../envelope/cloud-event.ts';
import { StatefunError, toError } from '../shared/errors.ts';

/** Returns the error of a refused send, which names the forwarder and the event. */
export function refusedSend(thrown: unknown, forwarder: string, event: CloudEvent): StatefunError {
  if (!StatefunError.is(thrown)) return forwarderFailed(thrown, forwarder, event);
  return new StatefunError(thrown.code, `${thrown.summary.replace(/\.$/, '')} (from forwarder ${forwarder}, ${nameOf(event)}).`, {
    facts: { ...thrown.facts, ...factsOf(forwarder, event) },
    hint: thrown.hint,
    cause: thrown,
  });
}

export function forwarderFailed(thrown: unknown, forwarder: string, event: CloudEvent): StatefunError {
  const cause = toError(thrown);
  return new StatefunError('FORWARDER_FAILED', `forwarder ${forwarder} threw on ${nameOf(event)}: ${cause.message}.`, {
    facts: factsOf(forwarder, event),
    cause,
  });
}

export function forwarderAsync(method: 'accept' | 'forward', forwarder: string, event: CloudEvent): StatefunError {
  return new StatefunError('FORWARDER_ASYNC', `${method} of forwarder ${forwarder} returned a promise for ${nameOf(event)}.`, {
    facts: { method, ...factsOf(forwarder, event) },
  });
}

function nameOf(event: CloudEvent): string {
  return `event "${event.id}" of type "${event.type}"`;
}

function factsOf(forwarder: string, event: CloudEvent): { forwarder: string; eventId: string; eventType: string } {
  return { forwarder, eventId: event.id, eventType: event.type };
}
