import type { Address } from '../../../src/shared/address.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { PendingMessage, type Executor } from '../../../src/engine/partition/activation.ts';
import { defaultLimits, type EngineLimits } from '../../../src/engine/partition/limits.ts';
import { Mailboxes } from '../../../src/engine/partition/mailboxes.ts';
import { toFailurePolicy, type FunctionOptions } from '../../../src/functions/failure-policy.ts';
import type { RegisteredFunction } from '../../../src/functions/function-registry.ts';

/** An envelope whose event has the id. */
export function envelope(id: string): Envelope {
  return Envelope.ofEvent({ specversion: '1.0', id, source: '/test', type: 'test.event', data: {} }, { messageId: id });
}

/** A message to an address with the sequence; its message id is the sequence. */
export function message(target: Address, sequence: number): PendingMessage {
  const made = new PendingMessage(target, undefined, envelope(String(sequence)), undefined);
  made.sequence = sequence;
  return made;
}

/** A message to `test/f/<id>` with the sequence; its message id is the sequence. */
export function pending(id: string, sequence: number): PendingMessage {
  return message({ type: 'test/f', id }, sequence);
}

/** What handles the messages of `test/f`; with `batches`, several at a time. */
export function executor(batches: boolean): Executor {
  return {
    ...{ batches, running: 0, started: 0 },
    arrived: () => undefined,
    load: () => undefined,
    unreadable: () => undefined,
    start: () => undefined,
    drop: () => false,
    abandon: () => undefined,
  };
}

/** Mailboxes of a partition in which `test/f` is a class; no other type is known. */
export function mailboxes(limits: Partial<EngineLimits> = {}, options: FunctionOptions = {}, batches = false): Mailboxes {
  const registered = { kind: 'class', definition: { policy: toFailurePolicy(options) } };
  return new Mailboxes(
    {
      // Mailboxes and settlement use nothing else of a function.
      find: (type) => (type === 'test/f' ? (registered as unknown as RegisteredFunction) : undefined),
      executorOf: () => executor(batches),
    },
    { ...defaultLimits, ...limits },
  );
}
