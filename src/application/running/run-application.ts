import { resolve } from 'node:path';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import { type Engine } from '../../engine/engine.ts';
import type { EngineStatistics } from '../../engine/report/statistics.ts';
import type { Duration } from '../../shared/time/duration.ts';
import { toError } from '../../shared/errors.ts';
import { functionTypeOf, type FunctionTarget } from '../../shared/function-target.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import { guardStandardStreams } from '../../shared/standard-streams.ts';
import { delay } from '../../shared/time/timers.ts';
import type { LogStore } from '../../storage/log-store.ts';
import type { Store } from '../../storage/store.ts';
import { configurationOf, configuredLogger, storeSettings } from '../application-configuration.ts';
import type { ApplicationEvents } from '../../injection/application-events.ts';
import { createEngine } from '../create-engine.ts';
import { assembleApplication, type ApplicationOverrides, type AssembledApplication } from '../assemble.ts';
import type { ScanReport } from '../components/component-scan.ts';
import type { Configuration } from '../../configuration/configuration.ts';
import type { ApplicationDefinition } from '../definition.ts';
import type { Health } from '../health/health.ts';
import { withLevels, type Loggers } from '../logging/logging-levels.ts';
import { openStore } from '../../engine/recovery/open-store.ts';
import { debugLines, startLine, startReport } from './start-report.ts';
import { defaultStateFolder } from './default-state-folder.ts';
import { SendIngress } from '../sent-events/send-ingress.ts';
import { sendRequests } from '../sent-events/send-requests.ts';
import { toolRequests } from '../../state-tools/running-requests.ts';
import { StopSignals } from './stop-signals.ts';
import { tieFailures } from './stray-failures.ts';
import type { Wiring } from '../wiring/wiring.ts';

/** Settings are read from application.yaml and others in the working directory, and from the environment, where the options say nothing else. */
export interface RunOptions extends Omit<ApplicationOverrides, 'dryRun'> {
  /**
   * Where state, messages and positions are kept; one engine at a time.
   *
   * @defaultValue the setting `state.folder`, else `.statefun/<name of the application>` in the working directory
   */
  readonly stateFolder?: string;
  /** Takes the place of the state folder, for example a `MemoryStore`. It is closed when the application stops. */
  readonly store?: Store;
  /** @defaultValue one that writes to standard error: see the settings `logging.level` and `logging.levels` */
  readonly logger?: Logger;
  /**
   * Stops gracefully at SIGTERM and SIGINT, and exits at the second one. A signal during the start is remembered, and stops the application
   * once it has started. @defaultValue `false`
   */
  readonly signals?: boolean;
  /** Owns `unhandledRejection` and `uncaughtException` of the process: see docs/decisions/0008-failures-nobody-awaits.md. @defaultValue `false` */
  readonly strayFailures?: boolean;
  /** How long a graceful stop may take. What is not finished then is done again after the next start. @defaultValue the setting `stop.deadline` */
  readonly stopDeadline?: Duration;
  /** How the start is reported. @defaultValue `'lines'` on a terminal; `'line'` in production and where nobody watches */
  readonly startReport?: 'lines' | 'line';
}

/** An application that runs on the embedded engine. */
export interface RunningApplication {
  readonly name: string;
  /** Undefined when a store was given. */
  readonly stateFolder: string | undefined;
  /** What scanning found and skipped. */
  readonly report: ScanReport;
  /** What is declared: ingress, forwarders, functions, egress. */
  readonly wiring: Wiring;
  /** All settings, with their origins. */
  readonly configuration: Configuration;
  /** Tells of the stop and of failures. The start is over when this can be reached. */
  readonly events: ApplicationEvents;
  /** Stops the ingress, finishes and commits what is under way, sends what is committed, releases everything, calls `@PreDestroy`. */
  stop(): Promise<void>;
  /** Settles once everything is released; with an error when the engine failed. */
  readonly stopped: Promise<Error | undefined>;
  /** Resolves when nothing can happen unless time passes or a record comes in. */
  whenQuiet(): Promise<void>;
  /** Whether every ingress has delivered all records there will ever be. Streams do not end; files do. */
  readonly ingressFinished: boolean;
  /** Resolves when every ingress has come to its end and everything that followed is done, but for messages delayed by a function. */
  whenFinished(): Promise<void>;
  /** Whether it lives, and whether it is ready. */
  readonly health: Health;
  /** The levels of loggers by name, to be read and changed while it runs. */
  readonly loggers: Loggers;
  statistics(): EngineStatistics;
  /** The committed and pending state of an address, by cell. */
  state(target: FunctionTarget, id: string): Promise<Record<string, unknown>>;
  deadLetters(): readonly DeadLetter[];
  /** Takes a dead letter up again. */
  redrive(id: string): void;
}

/** How often the engine is asked whether it has come to its end, in milliseconds. */
const finishedIntervalMs = 20;

/** What `@PreDestroy` is left at least, however long the engine took to stop, in milliseconds: closing a connection takes less. */
const preDestroyMsMin = 1_000;

/**
 * Checks an application, makes its providers and forwarders, opens its state folder and starts the embedded engine; resolves when every
 * ingress reads. See {@link Lifecycle} for the order.
 *
 * Rejects with APPLICATION_INVALID (every mistake at once), with STATE_FOLDER_LOCKED and others of the state folder, or with what an
 * ingress or egress could not start for. Nothing runs then, and what was made is destroyed again.
 */
export async function runApplication(definition: ApplicationDefinition, options: RunOptions = {}): Promise<RunningApplication> {
  guardStandardStreams();
  if (options.signals !== true) return start(definition, options, undefined);
  const signals = new StopSignals(process);
  try {
    const running = await start(definition, options, signals);
    void running.stopped.finally(() => signals.release());
    return running;
  } catch (thrown) {
    signals.release();
    throw thrown;
  }
}

async function start(
  definition: ApplicationDefinition,
  options: RunOptions,
  signals: StopSignals | undefined,
): Promise<RunningApplication> {
  const startedAt = performance.now();
  const configuration = await configurationOf(definition, { environment: process.env, configurationFolder: '.', ...options });
  const logger = withLevels(options.logger ?? configuredLogger(configuration));
  signals?.logTo(logger);
  const { loggers } = logger;
  const application = await assembleApplication(definition, { ...options, configuration, logger });
  for (const { summary, hint, code } of configuration.warnings) logger.warn(`${code}: ${summary}`, { hint });
  for (const line of debugLines(application)) logger.debug(line);

  const stateFolder =
    options.store === undefined ? resolve(configuration.get('state.folder') ?? defaultStateFolder(application.name)) : undefined;
  const engine = await startEngine(application, { ...options, stateFolder, logger });
  const running = new EngineRun(application, engine, { stateFolder, stopDeadlineMs: configuration.get('stop.deadline'), logger, loggers });
  const profiles = options.conditionSource?.profiles ?? configuration.profiles;
  const facts = { ...application, profiles, stateFolder, durationMs: performance.now() - startedAt };
  const reportStart = (options.startReport ?? (isWatched() ? 'lines' : 'line')) === 'lines' ? startReport : startLine;
  logger.info(reportStart(facts));
  application.events.emit('started', { application: application.name }, logger);
  if (signals !== undefined) stopAtSignals(running, signals, logger);
  return running;
}

interface StartOptions extends Pick<RunOptions, 'strayFailures' | 'store'> {
  readonly stateFolder: string | undefined;
  readonly logger: Logger;
}

async function startEngine(application: AssembledApplication, { stateFolder, logger, ...options }: StartOptions): Promise<Engine> {
  let store = options.store;
  let opened: LogStore | undefined;
  let engine: Engine | undefined;
  try {
    store ??= opened = await openStore({ ...storeSettings(application.configuration), folder: stateFolder ?? '', logger });
    const send = new SendIngress(application.router);
    // Nobody can reach an application whose store has no folder.
    engine = createEngine(application, store, logger, opened === undefined ? [] : [send]);
    if (options.strayFailures === true) tieFailures(application.invocationScope, engine, namedLogger(logger, 'engine'));
    await engine.start();
    opened?.answerRequests(sendRequests(send, toolRequests(engine, store)));
    application.health.started();
    return engine;
  } catch (thrown) {
    await engine?.stop({ deadlineMs: 0 }).catch(() => undefined);
    await store?.close().catch(() => undefined);
    application.events.emit('failed', { application: application.name, error: toError(thrown) }, logger);
    await destroy(application, preDestroyMsMin, logger);
    throw thrown;
  }
}

/** Ends what the application made; one part that does not end well does not keep the others. */
async function destroy({ lifecycle }: AssembledApplication, deadlineMs: number, logger: Logger): Promise<void> {
  for (const error of await lifecycle.destroy(deadlineMs)) logger.warn('stopped before everything had ended', { error });
}

/** Whether a person reads along. */
function isWatched(): boolean {
  return process.stderr.isTTY && process.env['NODE_ENV'] !== 'production';
}

interface EngineRunOptions {
  readonly stateFolder: string | undefined;
  readonly stopDeadlineMs: number;
  readonly logger: Logger;
  readonly loggers: Loggers;
}

class EngineRun implements RunningApplication {
  readonly name: string;
  readonly configuration: Configuration;
  readonly report: ScanReport;
  readonly wiring: Wiring;
  readonly events: ApplicationEvents;
  readonly health: Health;
  readonly loggers: Loggers;
  readonly stateFolder: string | undefined;
  readonly stopped: Promise<Error | undefined>;
  readonly #application: AssembledApplication;
  readonly #engine: Engine;
  readonly #stopDeadlineMs: number;
  readonly #logger: Logger;
  #stopping: Promise<void> | undefined;
  #stopBy = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(application: AssembledApplication, engine: Engine, { stateFolder, stopDeadlineMs, logger, loggers }: EngineRunOptions) {
    this.name = application.name;
    this.configuration = application.configuration;
    this.report = application.report;
    this.wiring = application.wiring;
    this.events = application.events;
    this.health = application.health;
    this.loggers = loggers;
    this.stateFolder = stateFolder;
    this.#application = application;
    this.#engine = engine;
    this.#stopDeadlineMs = stopDeadlineMs;
    this.#logger = logger;
    this.stopped = engine.stopped.then((error) => this.#release(error));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#stopBy = performance.now() + this.#stopDeadlineMs;
    if (!this.#isStopped) this.events.emit('stopping', { application: this.name }, this.#logger);
    await this.#engine.stop({ deadlineMs: this.#stopDeadlineMs });
    await this.stopped;
  }

  /** The engine has stopped: because it was asked to, or because it had to. */
  async #release(error: Error | undefined): Promise<Error | undefined> {
    this.#isStopped = true;
    const application = this.name;
    if (error !== undefined) this.events.emit('failed', { application, error }, this.#logger);
    this.events.emit('stopped', { application, error }, this.#logger);
    const leftMs = Math.min(this.#stopBy - performance.now(), this.#stopDeadlineMs);
    await destroy(this.#application, Math.max(leftMs, preDestroyMsMin), this.#logger);
    this.#logger.info('stopped');
    return error;
  }

  whenQuiet(): Promise<void> {
    return this.#engine.whenQuiet();
  }

  get ingressFinished(): boolean {
    return this.#engine.ingressFinished;
  }

  async whenFinished(): Promise<void> {
    while (!this.#isStopped) {
      await this.#engine.whenQuiet();
      // Quiet is also an engine in which a failed message waits for its next attempt, or an egress for its.
      const { messagesPending, outboxRecords } = this.#engine.statistics();
      if (this.#engine.ingressFinished && messagesPending === 0 && outboxRecords === 0) return;
      await delay(finishedIntervalMs);
    }
  }

  statistics(): EngineStatistics {
    return this.#engine.statistics();
  }

  state(target: FunctionTarget, id: string): Promise<Record<string, unknown>> {
    return this.#engine.state({ type: functionTypeOf(target), id });
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#engine.deadLetters();
  }

  redrive(id: string): void {
    this.#engine.redrive(id);
  }
}

/** Stops the application at the first signal, also one that came while it started. */
export function stopAtSignals(running: RunningApplication, signals: StopSignals, logger: Logger): void {
  const busyWith = (): string => {
    const { messagesPending, outboxRecords } = running.statistics();
    return `${messagesPending} pending messages and ${outboxRecords} records to send`;
  };
  const stop = (): void => void running.stop().catch((error: unknown) => logger.error('could not stop', { error }));
  signals.whenAsked({ stop, busyWith });
}
