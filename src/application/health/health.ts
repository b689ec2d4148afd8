import type { EngineStatus } from '../../engine/report/engine-status.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { afterMs, beforeDeadline } from '../../shared/time/deadline.ts';
import { toMilliseconds, type Duration } from '../../shared/time/duration.ts';
import type { StoreStats } from '../../storage/store.ts';
import { checkIndicator, type ComponentHealth, type HealthIndicator, type HealthStatus } from './health-indicator.ts';

/** The worst status of the components, and each of them. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** `engine`, `store`, `messages`, `outbox`, `ingress:<name>`, `egress:<id>`, and the application's own indicators by name. */
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** Where the patience with each part ends. */
export interface HealthLimits {
  /** An engine with something to do that does nothing for this long is not alive. @defaultValue `'30s'` */
  readonly stalled?: Duration;
  /** An egress that fails for this long is down; before, it is `up` with the failure among its details. @defaultValue `'1m'` */
  readonly egressFailing?: Duration;
  /** An indicator that has not answered by then is down. @defaultValue `'5s'` */
  readonly indicator?: Duration;
}

/** Where the facts come from. */
export interface HealthSources {
  readonly status: () => EngineStatus;
  readonly storeStats: () => StoreStats;
  readonly indicators: readonly HealthIndicator[];
}

/**
 * Whether an application lives and whether it is ready, for whoever serves it: a probe, a console, a test. Every provider can ask for it,
 * and `running.health` is the same; before the start it is there already, and says that nothing is ready.
 */
export class Health {
  readonly #clock: Clock;
  readonly #limitsMs: { readonly stalled: number; readonly egressFailing: number; readonly indicator: number };
  readonly #checking = new Map<HealthIndicator, Promise<ComponentHealth>>();
  #sources: HealthSources = notStarted;
  #started = false;

  constructor(clock: Clock, { stalled = '30s', egressFailing = '1m', indicator = '5s' }: HealthLimits = {}) {
    this.#clock = clock;
    this.#limitsMs = {
      stalled: toMilliseconds(stalled),
      egressFailing: toMilliseconds(egressFailing),
      indicator: toMilliseconds(indicator),
    };
  }

  /** There is an engine; it has not been started. @internal */
  attach(sources: HealthSources): void {
    this.#sources = sources;
    this.#started = false;
  }

  /** Recovery is over and every ingress reads. @internal */
  started(): void {
    this.#started = true;
  }

  /** Down when only a new process helps: the engine has failed, or has something to do and does not get on. */
  liveness(): HealthReport {
    const status = this.#sources.status();
    return report({ engine: this.#engineAlive(status) });
  }

  /**
   * Up when the application does its work: started, not stopping, the outside takes what it sends, its own indicators say so. Never
   * rejects; takes no longer than the slowest indicator may.
   */
  async readiness(): Promise<HealthReport> {
    const status = this.#sources.status();
    const indicators = await Promise.all(
      this.#sources.indicators.map(async (indicator) => [indicator.name, await this.#check(indicator)] as const),
    );
    return report({
      engine: this.#engineReady(status),
      store: this.#store(status),
      messages: messagesHealth(status),
      outbox: outboxHealth(status),
      ...Object.fromEntries(status.ingress.map((ingress) => [`ingress:${ingress.name}`, this.#ingress(ingress)])),
      ...Object.fromEntries(status.egress.map((egress) => [`egress:${egress.id}`, this.#egress(egress)])),
      ...Object.fromEntries(indicators),
    });
  }

  #engineAlive({ failure, stalledMs }: EngineStatus): ComponentHealth {
    if (failure !== undefined) return { status: 'down', details: { error: errorText(failure) } };
    const stalledForMs = Math.round(stalledMs);
    return stalledMs > this.#limitsMs.stalled ? { status: 'down', details: { stalledForMs } } : { status: 'up' };
  }

  #engineReady(status: EngineStatus): ComponentHealth {
    const alive = this.#engineAlive(status);
    if (alive.status !== 'up') return alive;
    const phase = !this.#started && (status.phase === 'new' || status.phase === 'running') ? 'starting' : status.phase;
    return { status: phase === 'running' ? 'up' : phase === 'stopping' ? 'out-of-service' : 'down', details: { phase } };
  }

  /** A store that fails stops the engine, so there is one place where it shows. */
  #store({ failure, phase }: EngineStatus): ComponentHealth {
    if (failure !== undefined && StatefunError.is(failure) && storeCodes.includes(failure.code)) {
      return { status: 'down', details: { error: errorText(failure) } };
    }
    if (phase === 'new' || phase === 'stopped') return { status: 'down' };
    const { commits, bytes, keys } = this.#sources.storeStats();
    return { status: 'up', details: { commits, bytes, keys } };
  }

  #ingress({ finished, recordsWaiting }: EngineStatus['ingress'][number]): ComponentHealth {
    return { status: this.#started ? 'up' : 'down', details: { recordsWaiting, ...(finished ? { finished } : {}) } };
  }

  #egress({ recordsWaiting, failing }: EngineStatus['egress'][number]): ComponentHealth {
    if (failing === undefined) return { status: 'up', details: { recordsWaiting } };
    const failingForMs = this.#clock.now() - failing.since;
    const status = failingForMs > this.#limitsMs.egressFailing ? 'down' : 'up';
    return { status, details: { recordsWaiting, failingForMs, failures: failing.failures, error: errorText(failing.error) } };
  }

  /** Whoever asks while a check is under way gets the answer of that one: a check that hangs is not started again and again. */
  #check(indicator: HealthIndicator): Promise<ComponentHealth> {
    let checking = this.#checking.get(indicator);
    if (checking === undefined) {
      checking = checkIndicator(indicator).finally(() => this.#checking.delete(indicator));
      this.#checking.set(indicator, checking);
    }
    return this.#inTime(checking);
  }

  #inTime(checking: Promise<ComponentHealth>): Promise<ComponentHealth> {
    const limitMs = this.#limitsMs.indicator;
    return beforeDeadline(() => checking, {
      start: afterMs(this.#clock, limitMs),
      late: () => ({ status: 'down', details: { error: `no answer within ${limitMs} ms` } }),
    });
  }
}

const notStarted: HealthSources = {
  status: () => ({
    phase: 'new',
    failure: undefined,
    stalledMs: 0,
    messages: { pending: 0, endless: undefined },
    ingress: [],
    egress: [],
    outbox: { records: 0, bytes: 0, full: false },
  }),
  storeStats: () => ({ commits: 0, bytes: 0, keys: 0 }),
  indicators: [],
};

/** Errors that say the store has failed. */
const storeCodes: readonly string[] = [
  'STORE_WRITE_FAILED',
  'STATE_FOLDER_CHANGED',
  'STORE_READ_FAILED',
  'STORE_CORRUPT',
  'STORE_CLOSED',
  'STATE_READ_FAILED',
  'COMMIT_TOO_LARGE',
];

/** Functions that message each other without end are up, and let records in now and then: that is for people to look at. */
function messagesHealth({ messages: { pending, endless } }: EngineStatus): ComponentHealth {
  return { status: 'up', details: { pending, ...(endless === undefined ? {} : { endless }) } };
}

function outboxHealth({ outbox: { records, bytes, full } }: EngineStatus): ComponentHealth {
  return { status: full ? 'out-of-service' : 'up', details: { records, bytes } };
}

const worst: readonly HealthStatus[] = ['down', 'out-of-service', 'up'];

function report(components: Readonly<Record<string, ComponentHealth>>): HealthReport {
  const statuses = Object.values(components).map(({ status }) => status);
  return { status: worst.find((status) => statuses.includes(status)) ?? 'up', components };
}

/** Without stack, hint and facts: whoever may ask for health need not see them. */
function errorText(thrown: unknown): string {
  const error = toError(thrown);
  return StatefunError.is(error) ? `${error.code}: ${error.summary}` : error.message;
}
