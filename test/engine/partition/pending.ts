import { Envelope } from '../../../src/envelope/envelope.ts';
import { PendingMessage } from '../../../src/engine/partition/pending-message.ts';
import { defaultLimits, type EngineLimits } from '../../../src/engine/partition/limits.ts';
import { Mailboxes } from '../../../src/engine/partition/mailboxes.ts';
import { toFailurePolicy, type FunctionOptions } from '../../../src/functions/failure-policy.ts';
import type { FunctionRegistry } from '../../../src/functions/function-registry.ts';

/** An envelope whose event has the id. */
export function envelope(id: string): Envelope {
  return Envelope.ofEvent({ specversion: '1.0', id, source: '/test', type: 'test.event', data: {} }, { messageId: id });
}

/** A message to `test/f/<id>` with the sequence; its message id is the sequence. */
export function pending(id: string, sequence: number): PendingMessage {
  return new PendingMessage({ target: { type: 'test/f', id }, caller: undefined, envelope: envelope(String(sequence)) }, sequence);
}

/** Mailboxes of a partition in which `test/f` is a class; no other type is known. */
export function mailboxes(limits: Partial<EngineLimits> = {}, options: FunctionOptions = {}): Mailboxes {
  const registered = { kind: 'class', definition: { policy: toFailurePolicy(options) } };
  const functions = { find: (type: string) => (type === 'test/f' ? registered : undefined) };
  // Mailboxes and settlement use nothing else of a function.
  return new Mailboxes(functions as unknown as FunctionRegistry, { ...defaultLimits, ...limits });
}
