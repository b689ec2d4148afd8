import { assertInvariant } from '../../shared/errors.ts';
import { Queue } from '../../shared/queue.ts';
import { Location, type Activation, type PendingMessage } from './activation.ts';
import { LiveAddresses, type FunctionsOfAddresses } from './live-addresses.ts';
import type { EngineLimits } from './limits.ts';
import { MessageQueue } from './message-queue.ts';
import { ReadyAddresses } from './ready-addresses.ts';

/**
 * The messages of a partition that are not handled yet.
 *
 * They wait in one queue. A message whose address runs or waits when its turn comes goes into the mailbox of that address. Once the address is
 * released, its messages go before the queue, because they are older. Messages for remote functions wait in mailboxes from the start, since a
 * call takes several.
 *
 * PARTITION-M1. The messages of an address are in order: the one taken, then those of its mailbox, then those of the queue.
 * PARTITION-M2. `first` is the oldest message of all addresses that neither run nor wait.
 * PARTITION-M3. A message counts towards the budgets from `deliver` to `remove` or `drop`, with the same bytes.
 */
export class Mailboxes {
  readonly addresses: LiveAddresses;
  readonly #limits: EngineLimits;
  readonly #queue = new MessageQueue();
  /** Addresses with a mailbox that neither run nor wait. */
  readonly #released = new ReadyAddresses();
  /** The message that was taken from the queue and has not ended yet. */
  #taken: PendingMessage | undefined;
  /** Messages that left the queue unhandled while no commit held them, since the last cut. */
  #aside: PendingMessage[] = [];
  #messages = 0;
  #bytes = 0;
  /** Messages of blocked addresses, which are counted separately. */
  #blockedMessages = 0;
  #blockedBytes = 0;

  constructor(functions: FunctionsOfAddresses, limits: EngineLimits) {
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

  /** Puts a message at the end and returns its address. Returns undefined when nothing handles its type. */
  deliver(message: PendingMessage): Activation | undefined {
    const { located } = message;
    const activation = (located instanceof Location ? located.activation : undefined) ?? this.addresses.ensure(message.target);
    if (activation === undefined) return undefined;
    message.activation = activation;
    activation.pending += 1;
    this.#count(activation, 1, message.payloadBytes);
    if (activation.executor.batches) {
      (activation.mailbox ??= new Queue()).push(message);
      this.#setAside(message);
      this.#schedule(activation);
      activation.executor.arrived(activation);
    } else {
      this.#queue.push(message);
    }
    return activation;
  }

  /** The oldest message that can be handled, or that waits only for the state of its address. */
  get first(): PendingMessage | undefined {
    for (;;) {
      const queued = this.#queue.first;
      const released = this.#released.length === 0 ? undefined : this.#released.first?.mailbox?.peek();
      if (released !== undefined && (queued === undefined || released.sequence < queued.sequence)) return released;
      if (queued === undefined) return undefined;
      const { activation } = queued;
      if (activation !== undefined && (activation.status === 'idle' || activation.status === 'loading')) return queued;
      this.#queue.removeFirst();
      this.#toMailbox(queued);
    }
  }

  /** Takes the first message for its handler. It counts until it is removed. */
  take(message: PendingMessage): void {
    if (message.activation?.mailbox?.peek() === message) {
      this.#released.removeFirst();
    } else {
      this.#queue.removeFirst();
      this.#taken = message;
    }
  }

  /** Keeps the message that was taken at the front of its address, which runs or waits. */
  block(message: PendingMessage): void {
    if (this.#taken !== message) return;
    this.#taken = undefined;
    this.#toMailbox(message);
  }

  /** Makes an address ready for its next message. */
  release(activation: Activation): void {
    activation.status = 'idle';
    this.#schedule(activation);
  }

  /** Removes a handled message. */
  remove(activation: Activation, message: PendingMessage): void {
    if (this.#taken === message) this.#taken = undefined;
    else assertInvariant(this.#shift(activation) === message, 'the message that was handled is the first of its address');
    this.#end(activation, message);
  }

  /** Removes messages of an address unhandled. */
  drop(activation: Activation, messages: ReadonlySet<PendingMessage>): void {
    for (const message of messages) this.#end(activation, message);
    const kept = [...(activation.mailbox ?? [])].filter(({ handled }) => !handled);
    activation.mailbox = undefined;
    for (const message of kept) (activation.mailbox ??= new Queue()).push(message);
  }

  /** Counts the messages of an address that batches towards the budget of blocked messages, or towards the common budget again. */
  setBlocked(activation: Activation, blocked: boolean): void {
    let bytes = 0;
    for (const { payloadBytes } of activation.mailbox ?? []) bytes += payloadBytes;
    const length = activation.mailbox?.length ?? 0;
    this.#count(activation, -length, -bytes);
    activation.blocked = blocked;
    this.#count(activation, length, bytes);
  }

  /** Returns the addresses of the next messages, at most so many of the queue and so many of released addresses. */
  ahead(countMax: number): readonly Activation[] {
    const found = new Set(this.#released.some(countMax));
    let left = countMax;
    for (const { activation } of this.#queue) {
      if (left-- === 0) break;
      if (activation !== undefined) found.add(activation);
    }
    return [...found];
  }

  /** Returns the messages that no commit holds, to be stored by the cut that asks. */
  takeUnstored(): readonly PendingMessage[] {
    const aside = this.#aside;
    this.#aside = [];
    return [...aside.filter(({ handled }) => !handled), ...this.#queue.unstored()];
  }

  /** Returns the messages not handled yet by address, each in order. It looks at every message. */
  byAddress(): ReadonlyMap<Activation, readonly PendingMessage[]> {
    const found = new Map<Activation, PendingMessage[]>();
    const add = (message: PendingMessage): void => {
      if (message.activation === undefined) return;
      const known = found.get(message.activation);
      if (known === undefined) found.set(message.activation, [message]);
      else known.push(message);
    };
    if (this.#taken !== undefined) add(this.#taken);
    for (const { mailbox } of this.addresses) for (const message of mailbox ?? []) add(message);
    for (const message of this.#queue) add(message);
    return found;
  }

  #toMailbox(message: PendingMessage): void {
    const { activation } = message;
    assertInvariant(activation !== undefined, 'a message that was delivered knows its address');
    (activation.mailbox ??= new Queue()).push(message);
    this.#setAside(message);
  }

  #setAside(message: PendingMessage): void {
    if (!message.stored) this.#aside.push(message);
  }

  #shift(activation: Activation): PendingMessage | undefined {
    const first = activation.mailbox?.shift();
    if (activation.mailbox?.length === 0) activation.mailbox = undefined;
    return first;
  }

  #end(activation: Activation, message: PendingMessage): void {
    message.handled = true;
    activation.pending -= 1;
    this.#count(activation, -1, -message.payloadBytes);
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
    if (activation.mailbox === undefined) return;
    if (activation.status === 'idle' || activation.status === 'loading') this.#released.add(activation);
  }
}
