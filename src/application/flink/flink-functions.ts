import { toSubscriptionSettings } from '../../functions/subscriptions.ts';
import { ClassFunction } from '../../request-reply/serving/classes/class-function.ts';
import type { ClassHost } from '../../request-reply/serving/classes/class-host.ts';
import type { ServedFunction, ServedFunctions } from '../../request-reply/serving/served-function.ts';
import { formatAddress } from '../../shared/address.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { MetricsRegistry } from '../../shared/metrics.ts';
import type { AssembledApplication } from '../assemble.ts';
import { deadLetterEvent } from './flink-dead-letter.ts';
import { FlinkEgresses } from './flink-egress.ts';
import { routerType } from './flink-names.ts';
import { flinkUnsupported, servingProblems } from './flink-problems.ts';
import { RouterFunction } from './router-function.ts';

export interface FlinkOptions {
  readonly logger: Logger;
  /** Sends all egress records to the egress of StateFun's playground, under topics. @defaultValue `false` */
  readonly playground?: boolean;
  /** See ClassHost.retryBudgetMs. */
  readonly retryBudgetMs: number;
}

/** The functions of an application for the request-reply handler. Its forwarders are one additional function. */
export class FlinkFunctions implements ServedFunctions {
  readonly metrics = new MetricsRegistry();
  readonly #functions: ReadonlyMap<string, ServedFunction>;

  /** Throws FLINK_UNSUPPORTED with every reason. */
  constructor(application: AssembledApplication, options: FlinkOptions) {
    const { functions, name } = application;
    const playground = options.playground ?? false;
    const egresses = flinkEgresses(application, playground);
    const problems = servingProblems(application, egresses, playground);
    if (problems.length > 0) throw flinkUnsupported(name, problems);
    const router = routerType(name);
    const host = this.#host(application, options, egresses, router);
    const classes = functions.types().flatMap((type) => functions.get(type) ?? []);
    const served = [
      ...classes.map((registered) => new ClassFunction(registered, host)),
      this.#router(application, host, router, options.logger),
    ];
    this.#functions = new Map(served.map((one) => [one.type, one]));
  }

  get(type: string): ServedFunction | undefined {
    return this.#functions.get(type);
  }

  types(): readonly string[] {
    return [...this.#functions.keys()].sort();
  }

  #host(application: AssembledApplication, options: FlinkOptions, egresses: FlinkEgresses, router: string): ClassHost {
    const { functions, name, clock, invocationScope: scope } = application;
    const { logger } = options;
    return {
      invocations: {
        isRegistered: (type) => functions.has(type),
        unknownFunction: (type, from) => functions.unknown(type, from),
        hasEgress: (id) => egresses.has(id),
        unknownEgress: (egressId, from) => {
          const declared = egresses.ids();
          const summary = `no egress "${egressId}" is declared (${from}). Declared: ${declared.join(', ') || 'none'}.`;
          return new StatefunError('UNKNOWN_EGRESS', summary, { facts: { egressId, declared } });
        },
        subscriptions: toSubscriptionSettings(application.subscriptions),
        logger,
        scope,
        metrics: (type) => this.metrics.scope(type),
      },
      isRemote: (type) => functions.isRemote(type),
      isIngress: ({ type }) => type === router,
      toEgress: (effect) => egresses.toRecord(effect),
      toDeadLetter: (message) => {
        const { target, error } = message;
        logger.error('dead letter', { address: formatAddress(target), messageId: message.envelope?.messageId, error });
        this.metrics.increment('dead-letters');
        return egresses.toDeadLetter(
          message.envelope?.messageId ?? target.id,
          target.id,
          deadLetterEvent(name, message, clock.now(), egresses.deadLetterBytesMax),
        );
      },
      clock,
      retryBudgetMs: options.retryBudgetMs,
    };
  }

  #router({ router, ingress, unmatchedEvents }: AssembledApplication, host: ClassHost, type: string, logger: Logger): ServedFunction {
    return new RouterFunction({
      type,
      router,
      ingress,
      unmatchedEvents,
      isRemote: host.isRemote,
      toDeadLetter: host.toDeadLetter,
      unmatched: ({ type: eventType, id }) => {
        this.metrics.increment('unmatched');
        logger.debug('no forwarder accepts an event', { eventType, eventId: id });
      },
    });
  }
}

/** Returns the egresses of an application in a cluster. */
export function flinkEgresses({ name, egress, ingress }: AssembledApplication, playground: boolean): FlinkEgresses {
  const ingressKind = playground ? undefined : ingress.map((port) => port.cluster?.().kind).find((kind) => kind !== undefined);
  return new FlinkEgresses(name, egress, ingressKind, playground);
}
