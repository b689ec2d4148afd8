import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { completeEvent } from '../envelope/complete-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { dataTextFor } from '../envelope/data-text.ts';
import { toPartitionKey } from '../envelope/partition-key.ts';
import { ensureAddressId, type Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';
import { functionTypeOf, unknownFunction, type FunctionTarget } from '../shared/function-target.ts';
import { messageIdAt, messageIdBase } from '../shared/message-id.ts';
import type { Downstream, ForwardOptions } from './event-forwarder.ts';
import type { ForwardBudget } from './forward-budget.ts';
import { refusedSend } from './forwarder-errors.ts';
import { RoutedMessage, type RouterOptions } from './routing.ts';

/** One call of a forwarder with one event. */
export interface Forwarding {
  readonly forwarder: string;
  readonly origin: string;
  readonly envelope: Envelope;
  /** The event that the forwarder receives: that of the envelope, or the same with the data of its schema. */
  readonly view: CloudEvent;
  /** Shared by all forwarders of the event. */
  readonly budget: ForwardBudget;
}

/** Collects the messages of a forwarder for one event, until it is closed. */
export class ForwarderDownstream implements Downstream {
  readonly messages: RoutedMessage[] = [];
  readonly #forwarding: Forwarding;
  readonly #options: RouterOptions;
  #idBase: string | undefined;
  #refusal: StatefunError | undefined;
  #open = true;

  constructor(forwarding: Forwarding, options: RouterOptions) {
    this.#forwarding = forwarding;
    this.#options = options;
  }

  /** The first refused send. It fails the event even if the forwarder caught the error. */
  get refusal(): StatefunError | undefined {
    return this.#refusal;
  }

  close(): void {
    this.#open = false;
  }

  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options: ForwardOptions = {}): void {
    const { forwarder, envelope } = this.#forwarding;
    if (!this.#open)
      throw new StatefunError('FORWARDER_ENDED', `forwarder ${forwarder} sent after forward had returned.`, { facts: { forwarder } });
    try {
      const message = this.#messageOf(this.#addressOf(target, id), event, partitionKeyOf(options));
      this.#forwarding.budget.spend(message.target, message.content);
      this.messages.push(message);
    } catch (thrown) {
      const refusal = refusedSend(thrown, forwarder, envelope.event);
      this.#refusal ??= refusal;
      throw refusal;
    }
  }

  #addressOf(target: FunctionTarget, id: string): Address {
    const type = functionTypeOf(target);
    if (!this.#options.isRegistered(type)) throw unknownFunction(type, this.#options.registeredTypes());
    return { type, id: ensureAddressId(id, type) };
  }

  #messageOf(target: Address, event: CloudEvent | NewEvent, partitionKey: string | undefined): RoutedMessage {
    const { envelope, forwarder, origin, view } = this.#forwarding;
    const idBase = (this.#idBase ??= messageIdBase(origin, forwarder));
    const ordinal = this.messages.length;
    const isReceived = event === view || event === envelope.event;
    const content = isReceived ? envelope : this.#contentOf(event, messageIdAt(idBase, ordinal));
    const keyed = partitionKey === undefined ? content : content.with({ partitionKey });
    return new RoutedMessage(target, keyed, forwarder, idBase, ordinal);
  }

  #contentOf(event: CloudEvent | NewEvent, id: string): Envelope {
    const { envelope, forwarder } = this.#forwarding;
    const source = `/forwarders/${encodeURIComponent(forwarder.toWellFormed())}`;
    const complete = completeEvent(event, { id, source, timeMs: this.#options.clock.now() });
    return Envelope.ofPassedOn(complete, dataTextFor(event, envelope));
  }
}

function partitionKeyOf({ partitionKey }: ForwardOptions): string | undefined {
  return partitionKey === undefined ? undefined : toPartitionKey(partitionKey);
}
