import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { Activation } from './activation.ts';
import { LiveAddresses } from './live-addresses.ts';
import type { EngineLimits } from './limits.ts';
import type { PendingMessage } from './pending-message.ts';
import { ReadyAddresses } from './ready-addresses.ts';

/** The mailboxes of a partition, and the addresses with messages to handle. */
export class Mailboxes {
  readonly addresses: LiveAddresses;
  readonly #limits: EngineLimits;
  /** Addresses whose first message waits only for its turn or for the state of its address. */
  readonly ready = new ReadyAddresses();
  #messages = 0;
  #bytes = 0;
  /** Messages of blocked addresses, which are counted separately. */
  #blockedMessages = 0;
  #blockedBytes = 0;

  constructor(functions: FunctionRegistry, limits: EngineLimits) {
    this.#limits = limits;
    this.addresses = new LiveAddresses(functions, limits);
  }

  /** The number of messages not handled yet. */
  get messages(): number {
    return this.#messages + this.#blockedMessages;
  }

  /** Payloads of the messages not handled yet, in bytes. */
  get bytes(): number {
    return this.#bytes + this.#blockedBytes;
  }

  /** Whether ingress records and delayed messages may come in: there is room in the budget. */
  get hasRoom(): boolean {
    const { pendingMessagesMax, pendingBytesMax, blockedMessagesMax, blockedBytesMax } = this.#limits;
    if (this.#blockedMessages >= blockedMessagesMax || this.#blockedBytes >= blockedBytesMax) return false;
    return this.#messages < pendingMessagesMax && this.#bytes < pendingBytesMax;
  }

  /** Puts a message at the end of its mailbox and returns its address. Returns undefined when nothing handles its type. */
  deliver(message: PendingMessage): Activation | undefined {
    const activation = this.addresses.ensure(message.target);
    if (activation === undefined) return undefined;
    activation.mailbox.push(message);
    this.#count(activation, 1, message.envelope.payloadBytes);
    this.#schedule(activation);
    return activation;
  }

  /** Makes an address ready for its next message. */
  release(activation: Activation): void {
    activation.status = 'idle';
    this.#schedule(activation);
  }

  /** Removes a handled message from its mailbox. */
  remove(activation: Activation, message: PendingMessage): void {
    const first = activation.mailbox.shift();
    assertInvariant(first === message, 'the message that was handled is the first of its mailbox');
    message.handled = true;
    this.#count(activation, -1, -message.envelope.payloadBytes);
  }

  /** Removes messages from a mailbox unhandled. */
  drop(activation: Activation, messages: ReadonlySet<PendingMessage>): void {
    const kept = [...activation.mailbox].filter((message) => !messages.has(message));
    activation.mailbox.clear();
    for (const message of kept) activation.mailbox.push(message);
    for (const message of messages) {
      message.handled = true;
      this.#count(activation, -1, -message.envelope.payloadBytes);
    }
  }

  /** Counts the messages of an address towards the budget of blocked messages, or towards the common budget again. */
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
