import type { CloudEvent } from '../../envelope/cloud-event.ts';
import { Envelope } from '../../envelope/envelope.ts';
import { cloudEventTypename } from '../../envelope/typed-value-event.ts';
import type { Router } from '../../forwarders/router.ts';
import type { UnmatchedEvents } from '../../forwarders/routing.ts';
import type {
  BatchedMessage,
  BatchResult,
  InvocationBatch,
  OutgoingEgress,
  OutgoingMessage,
} from '../../functions/remote/invocation-batch.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import { openRecord } from '../../ingress/open-record.ts';
import { envelopeTypename, envelopeValue, originOf } from '../../request-reply/serving/classes/envelope-values.ts';
import type { GivenUp } from '../../request-reply/serving/classes/class-host.ts';
import type { ServedFunction } from '../../request-reply/serving/served-function.ts';
import type { Address } from '../../shared/address.ts';
import { appendAll } from '../../shared/append-all.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { recordTypename } from './flink-names.ts';

export interface RouterFunctionOptions {
  readonly type: string;
  readonly router: Router;
  readonly ingress: readonly Ingress[];
  readonly unmatchedEvents: UnmatchedEvents;
  readonly isRemote: (type: string) => boolean;
  readonly toDeadLetter: (message: GivenUp) => OutgoingEgress;
  /** Called for an event that no forwarder accepts and that is only counted. */
  readonly unmatched: (event: CloudEvent) => void;
}

/**
 * The forwarders of an application as a function without state. Every ingress of the cluster sends its records to this function, to the id
 * that is the key of the record, so records of one key keep their order. It never fails: a record that cannot be routed is a dead letter.
 */
export class RouterFunction implements ServedFunction {
  readonly type: string;
  readonly states = [];
  readonly #options: RouterFunctionOptions;
  /** Ingresses with a custom format, by the typename of their records. */
  readonly #formats: ReadonlyMap<string, Ingress>;

  constructor(options: RouterFunctionOptions) {
    this.type = options.type;
    this.#options = options;
    const own = options.ingress.filter(({ format }) => typeof format === 'function');
    this.#formats = new Map(own.map((ingress) => [recordTypename(ingress), ingress]));
  }

  async handle({ target, invocations }: InvocationBatch): Promise<BatchResult> {
    const messages: OutgoingMessage[] = [];
    const egress: OutgoingEgress[] = [];
    for (const invocation of invocations) {
      let envelope: Envelope | undefined;
      try {
        envelope = this.#open(target, invocation);
        appendAll(messages, this.#route(envelope));
      } catch (thrown) {
        const { caller, argument } = invocation;
        const error = toError(thrown);
        egress.push(this.#options.toDeadLetter({ target, caller, envelope, bytes: argument.value, error, attempts: 1 }));
      }
    }
    return { kind: 'result', mutations: [], messages, delayed: [], egress };
  }

  #open(self: Address, { argument: { typename, value } }: BatchedMessage): Envelope {
    if (typename === cloudEventTypename) return Envelope.ofPayload(value, { partitionKey: self.id });
    if (typename === envelopeTypename) return Envelope.decode(value);
    const ingress = this.#formats.get(typename);
    if (ingress === undefined) {
      const summary = `records of type "${typename}" come from no ingress of the application.`;
      throw new StatefunError('VALUE_TYPE_MISMATCH', summary, { facts: { typename } });
    }
    // A cluster does not pass the shard and position of a record to functions.
    return openRecord({ partition: '', position: '', identity: '', data: value, key: self.id }, ingress.format);
  }

  #route(envelope: Envelope): readonly OutgoingMessage[] {
    const { router, unmatchedEvents, isRemote, unmatched } = this.#options;
    const { event } = envelope;
    const messages = router.route(envelope, originOf(event));
    if (messages.length === 0) {
      if (unmatchedEvents === 'dead-letter') {
        throw new StatefunError('NO_FORWARDER', `no forwarder accepts event type "${event.type}" (event ${event.id}).`);
      }
      unmatched(event);
    }
    return messages.map(({ target, envelope: routed }) => ({
      target,
      argument: isRemote(target.type) ? routed.typedValue : envelopeValue(routed),
    }));
  }
}
