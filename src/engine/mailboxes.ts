import type { FunctionRegistry } from '../functions/registry.ts';
import { assertInvariant } from '../shared/errors.ts';
import { Queue } from '../shared/queue.ts';
import type { Activation } from './activation.ts';
import { Activations } from './activations.ts';
import type { EngineLimits } from './limits.ts';
import type { PendingMessage } from './pending-message.ts';

/** The mailboxes of a partition, and which addresses have something to do. */
export class Mailboxes {
  readonly activations: Activations;
  readonly #limits: EngineLimits;
  readonly #ready = new Queue<Activation>();
  #messages = 0;
  #bytes = 0;

  constructor(functions: FunctionRegistry, limits: EngineLimits) {
    this.#limits = limits;
    this.activations = new Activations(functions, limits);
  }

  /** Messages not handled yet. */
  get messages(): number {
    return this.#messages;
  }

  /** Their payloads, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the budget lasts for what can wait: ingress records and delayed messages. */
  get hasRoom(): boolean {
    return this.#messages < this.#limits.pendingMessagesMax && this.#bytes < this.#limits.pendingBytesMax;
  }

  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Puts a message at the end of its mailbox; false when nothing handles its type. */
  deliver(message: PendingMessage): boolean {
    const activation = this.activations.ensure(message.target);
    if (activation === undefined) return false;
    activation.mailbox.push(message);
    this.#messages += 1;
    this.#bytes += message.envelope.payloadBytes;
    this.#schedule(activation);
    return true;
  }

  /** The next address with a message, in turn; it may be busy by now. */
  takeReady(): Activation | undefined {
    const activation = this.#ready.shift();
    if (activation !== undefined) activation.scheduled = false;
    return activation;
  }

  /** The address is free for its next message. */
  release(activation: Activation): void {
    activation.status = 'idle';
    this.#schedule(activation);
  }

  /** Takes a handled message out of its mailbox. */
  remove(activation: Activation, message: PendingMessage): void {
    const first = activation.mailbox.shift();
    assertInvariant(first === message, 'the message that was handled is the first of its mailbox');
    message.handled = true;
    this.#messages -= 1;
    this.#bytes -= message.envelope.payloadBytes;
  }

  #schedule(activation: Activation): void {
    if (activation.scheduled || activation.status !== 'idle' || activation.mailbox.length === 0) return;
    activation.scheduled = true;
    this.#ready.push(activation);
  }
}
