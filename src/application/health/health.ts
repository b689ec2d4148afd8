import type { EngineStatus } from '../../engine/report/engine-status.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { afterMs, beforeDeadline } from '../../shared/time/deadline.ts';
import { toMilliseconds, type Duration } from '../../shared/time/duration.ts';
import type { StoreStats } from '../../storage/store.ts';
import { checkIndicator, type ComponentHealth, type HealthIndicator, type HealthStatus } from './health-indicator.ts';

/** The status of each component, and the worst of them. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** `engine`, `store`, `messages`, `outbox`, `ingress:<name>`, `egress:<id>`, and the application's own indicators by name. */
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** Time limits of health checks. */
export interface HealthLimits {
  /** An engine that has work and makes no progress for this long is not alive. @defaultValue `'30s'` */
  readonly stalled?: Duration;
  /** An egress that fails for this long is `down`; before, it is `up`, with the failure in its details. @defaultValue `'1m'` */
  readonly egressFailing?: Duration;
  /** An indicator whose check takes longer is `down`. @defaultValue `'5s'` */
  readonly indicator?: Duration;
}

/** The parts of a running application that health is read from. */
export interface HealthSources {
  readonly status: () => EngineStatus;
  readonly storeStats: () => StoreStats;
  readonly indicators: readonly HealthIndicator[];
}

/**
 * Reports whether an application is alive and ready, for probes, consoles and tests. Inject it by class, or read `running.health`. It exists
 * before the start, and then reports that the application is not ready.
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

  /** Sets the engine to report on, before it starts. @internal */
  attach(sources: HealthSources): void {
    this.#sources = sources;
    this.#started = false;
  }

  /** Records that recovery is complete and every ingress reads. @internal */
  started(): void {
    this.#started = true;
  }

  /** Returns `down` when only a new process can help: the engine has failed, or has work and makes no progress. */
  liveness(): HealthReport {
    const status = this.#sources.status();
    return report({ engine: this.#engineAlive(status) });
  }

  /**
   * Returns `up` when the application does its work: it has started and is not stopping, every egress accepts records, and every indicator
   * reports `up`. Never rejects, and takes at most as long as the limit of one indicator.
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

  /** Health of the store. A failure of the store stops the engine, so it is read from there. */
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

  /** Returns the result of the running check, if there is one: a check that hangs is not started again. */
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
      late: () => ({ status: 'down', details: { error: `no result within ${limitMs} ms` } }),
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

/** Codes of errors that mean that the store has failed. */
const storeCodes: readonly string[] = [
  'STORE_WRITE_FAILED',
  'STATE_FOLDER_CHANGED',
  'STORE_READ_FAILED',
  'STORE_CORRUPT',
  'STORE_CLOSED',
  'STATE_READ_FAILED',
  'COMMIT_TOO_LARGE',
];

/** Health of the mailboxes. Functions that message each other endlessly are `up`, since records still enter; details tell people. */
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

/** Returns an error as text without stack, hint and facts, which readers of the health need not see. */
function errorText(thrown: unknown): string {
  const error = toError(thrown);
  return StatefunError.is(error) ? `${error.code}: ${error.summary}` : error.message;
}
