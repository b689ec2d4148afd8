import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { Activation } from './activation.ts';
import { LiveAddresses } from './live-addresses.ts';
import type { EngineLimits } from './limits.ts';
import type { PendingMessage } from './pending-message.ts';
import { ReadyAddresses } from './ready-addresses.ts';

/** The mailboxes of a partition, and which addresses have something to do. */
export class Mailboxes {
  readonly addresses: LiveAddresses;
  readonly #limits: EngineLimits;
  /** Those with a message that nothing but its turn, or the state of its address, keeps from being handled. */
  readonly ready = new ReadyAddresses();
  #messages = 0;
  #bytes = 0;
  /** Of blocked addresses, which count apart. */
  #blockedMessages = 0;
  #blockedBytes = 0;

  constructor(functions: FunctionRegistry, limits: EngineLimits) {
    this.#limits = limits;
    this.addresses = new LiveAddresses(functions, limits);
  }

  /** Messages not handled yet. */
  get messages(): number {
    return this.#messages + this.#blockedMessages;
  }

  /** Their payloads, in bytes. */
  get bytes(): number {
    return this.#bytes + this.#blockedBytes;
  }

  /** Whether the budget lasts for what can wait: ingress records and delayed messages. */
  get hasRoom(): boolean {
    const { pendingMessagesMax, pendingBytesMax, blockedMessagesMax, blockedBytesMax } = this.#limits;
    if (this.#blockedMessages >= blockedMessagesMax || this.#blockedBytes >= blockedBytesMax) return false;
    return this.#messages < pendingMessagesMax && this.#bytes < pendingBytesMax;
  }

  /** Puts a message at the end of its mailbox, and answers its address; undefined when nothing handles its type. */
  deliver(message: PendingMessage): Activation | undefined {
    const activation = this.addresses.ensure(message.target);
    if (activation === undefined) return undefined;
    activation.mailbox.push(message);
    this.#count(activation, 1, message.envelope.payloadBytes);
    this.#schedule(activation);
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
    this.#count(activation, -1, -message.envelope.payloadBytes);
  }

  /** Takes messages out of a mailbox unhandled. */
  drop(activation: Activation, messages: ReadonlySet<PendingMessage>): void {
    const kept = [...activation.mailbox].filter((message) => !messages.has(message));
    activation.mailbox.clear();
    for (const message of kept) activation.mailbox.push(message);
    for (const message of messages) {
      message.handled = true;
      this.#count(activation, -1, -message.envelope.payloadBytes);
    }
  }

  /** The messages of the address count towards the budget of blocked ones from here on, or towards the common one again. */
  setBlocked(activation: Activation, blocked: boolean): void {
    let bytes = 0;
    for (const { envelope } of activation.mailbox) bytes += envelope.payloadBytes;
    const { length } = activation.mailbox;
    this.#count(activation, -length, -bytes);
    activation.blocked = blocked;
    this.#count(activation, length, bytes);
  }

  #count(activation: Activation, messages: number, bytes: number): void {
    if (activation.blocked) {
      this.#blockedMessages += messages;
      this.#blockedBytes += bytes;
    } else {
      this.#messages += messages;
      this.#bytes += bytes;
    }
  }

  #schedule(activation: Activation): void {
    if (activation.status === 'idle' || activation.status === 'loading') this.ready.add(activation);
  }
}
