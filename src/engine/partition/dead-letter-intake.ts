import type { Envelope } from '../../envelope/envelope.ts';
import type { Ingress, IngressRecord } from '../../ingress/ingress.ts';
import { formatAddress } from '../../shared/address.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { failureOf } from './attempt-failure.ts';
import type { CommitGroup } from './commit-group.ts';
import { DeadLetters, type DeadLetter } from './dead-letters.ts';
import { traceOf } from './error-trace.ts';
import type { EngineLimits } from './limits.ts';
import type { PendingMessage } from './activation.ts';

/** Most bytes kept of a record that becomes a dead letter: the store keeps it as one value. */
const payloadBytesMax = 16 * 1024 * 1024;

export interface DeadLetterIntakeOptions {
  readonly limits: EngineLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A dead letter commits with what led to it. */
  readonly group: CommitGroup;
}

/** Makes dead letters of records, messages and egress records. Logs them and commits them with the position or message they come from. */
export class DeadLetterIntake {
  readonly letters: DeadLetters;
  readonly #options: DeadLetterIntakeOptions;
  #received = 0;

  constructor(options: DeadLetterIntakeOptions) {
    this.letters = new DeadLetters(options.limits);
    this.#options = options;
  }

  /** The number of dead letters since the start. */
  get received(): number {
    return this.#received;
  }

  giveUpRecord(ingress: Ingress, record: IngressRecord, error: Error): void {
    const { partition, position, identity, key } = record;
    const from = { name: ingress.id, partition, position, identity, ...(key === undefined ? {} : { key }) };
    const reason = this.#reason(error);
    const trace = ofApplication(error) ? traceOf(error) : {};
    const { byteLength } = record.data;
    const cut = byteLength <= payloadBytesMax ? '' : ` (of ${byteLength} bytes the first ${payloadBytesMax} are kept)`;
    // A copy, because the bytes are often a part of a much larger buffer, which would stay in memory with them.
    const payload = Uint8Array.from(record.data.subarray(0, payloadBytesMax));
    this.#add({ kind: 'record', ...reason, ...trace, reason: `${reason.reason}${cut}`, attempts: 1, ingress: from, payload });
  }

  giveUpMessage(message: PendingMessage, error: Error): void {
    const { envelope, messageId, target, caller, attempts } = message;
    this.#add({
      kind: 'message',
      ...this.#reason(error),
      ...traceOf(error),
      attempts,
      target: formatAddress(target),
      ...(caller === undefined ? {} : { caller: formatAddress(caller) }),
      messageId,
      payload: envelope.encode(),
    });
  }

  giveUpEgress(egressId: string, envelope: Envelope, error: Error): void {
    this.#add({
      kind: 'egress',
      ...this.#reason(error),
      ...traceOf(error),
      attempts: 1,
      egressId,
      messageId: envelope.messageId ?? '',
      payload: envelope.encode(),
    });
  }

  /** Removes and returns a dead letter. Throws DEAD_LETTER_UNKNOWN. */
  take(id: string): DeadLetter {
    const letter = this.letters.take(id);
    this.#options.group.deadLetterRemoved(letter);
    return letter;
  }

  #add(letter: Omit<DeadLetter, 'id'>): void {
    const { added, dropped } = this.letters.add(letter);
    this.#received += 1;
    this.#options.group.deadLetter(added);
    // Without the stack, which the log lines of the failed attempts have.
    const { payload, target, stack, ...fields } = added;
    const address = target === undefined ? {} : { address: target };
    this.#options.logger.error('dead letter', { ...address, ...fields, payloadBytes: payload.byteLength });
    for (const old of dropped) {
      this.#options.group.deadLetterRemoved(old);
      this.#options.logger.error('dead letter dropped to stay within the limits', { id: old.id, code: old.code, reason: old.reason });
    }
  }

  #reason(error: Error): Pick<DeadLetter, 'code' | 'reason' | 'at'> {
    return { ...failureOf(error), at: this.#options.clock.now() };
  }
}

/** Whether the error comes from a forwarder or format of the application. An error of the framework is explained by its code. */
function ofApplication(error: Error): boolean {
  return !StatefunError.is(error) || 'forwarder' in error.facts;
}
