import { Envelope } from '../../envelope/envelope.ts';
import type { Router } from '../../forwarders/router.ts';
import type { Ingress, IngressContext } from '../../ingress/ingress.ts';
import { sendIngressName } from '../../ingress/send-ingress-name.ts';
import { StatefunError } from '../../shared/errors.ts';
import { SentEventIds, sentEventKey } from './sent-event-ids.ts';

/** The result of sending an event. */
export interface SendReceipt {
  readonly id: string;
  readonly source: string;
  /** Whether the event was sent before, so that it is not handled again. */
  readonly repeated: boolean;
}

/**
 * The ingress of `statefun send`, which sends events to a running application.
 *
 * APPLICATION-N1. An event is checked and routed before it is taken: an invalid event, or one that no forwarder accepts, is refused and
 *     leaves nothing.
 * APPLICATION-N2. Its record and the position that remembers its source and id are in one commit, and `send` resolves when that is durable.
 * APPLICATION-N3. An event whose source and id are remembered is not taken again, so a sender without a response sends it again under the
 *     same id.
 */
export class SendIngress implements Ingress {
  readonly id = sendIngressName;
  readonly description = 'events sent with statefun send';
  readonly #router: Pick<Router, 'route'>;
  readonly #ids = new SentEventIds();
  /** Events that are not durable yet, by key. */
  readonly #pending = new Map<string, Promise<void>>();
  #context: IngressContext | undefined;

  constructor(router: Pick<Router, 'route'>) {
    this.#router = router;
  }

  start(context: IngressContext): Promise<void> {
    this.#context = context;
    this.#ids.restore(context.positions);
    // Only the other ingresses decide whether the application has finished.
    context.finished();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#context = undefined;
    return Promise.resolve();
  }

  /**
   * Takes an event as CloudEvents JSON, and resolves when it is durable. Throws INVALID_CLOUD_EVENT and other errors of the event, NO_FORWARDER
   * when no forwarder accepts it, and ENGINE_STOPPED when the engine stops; in this last case the event may have been taken.
   */
  async send(text: string): Promise<SendReceipt> {
    const envelope = Envelope.ofPayload(text);
    const { id, source, type } = envelope.event;
    const key = sentEventKey(source, id);
    const identity = `${sendIngressName}@${key}`;
    const repeated = this.#ids.has(key);
    if (!repeated) {
      if (this.#router.route(envelope, identity).length === 0)
        throw new StatefunError('NO_FORWARDER', `no forwarder accepts event type "${type}" (event ${id}).`, { facts: { type, id } });
      this.#pending.set(key, this.#take(key, identity, text));
    }
    await this.#pending.get(key);
    return { id, source, repeated };
  }

  async #take(key: string, identity: string, text: string): Promise<void> {
    const context = this.#context;
    if (context === undefined) throw new StatefunError('ENGINE_STOPPED', 'the application is stopping and takes no events.');
    const { partition, position } = this.#ids.add(key);
    try {
      // The position is saved after the record, so it resolves when both are durable.
      const delivered = context.deliver([{ partition, position, identity, data: Buffer.from(text) }]);
      await Promise.all([delivered, context.savePosition(partition, position)]);
    } catch (error) {
      this.#ids.forget(key);
      throw error;
    } finally {
      this.#pending.delete(key);
    }
  }
}
