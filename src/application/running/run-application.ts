import { resolve } from 'node:path';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import { type Engine } from '../../engine/engine.ts';
import type { EngineStatistics } from '../../engine/report/statistics.ts';
import type { Duration } from '../../shared/time/duration.ts';
import { functionTypeOf, type FunctionTarget } from '../../shared/function-target.ts';
import type { Logger } from '../../shared/logger.ts';
import { guardStandardStreams } from '../../shared/standard-streams.ts';
import { delay } from '../../shared/time/timers.ts';
import type { Store } from '../../storage/store.ts';
import { configurationOf, configuredLogger } from '../application-configuration.ts';
import type { ApplicationEvents } from '../../injection/application-events.ts';
import { assembleApplication, type ApplicationOverrides, type AssembledApplication } from '../assemble.ts';
import type { ScanReport } from '../components/component-scan.ts';
import type { Configuration } from '../../configuration/configuration.ts';
import type { ApplicationDefinition } from '../definition.ts';
import type { Health } from '../health/health.ts';
import { withLevels, type Loggers } from '../logging/logging-levels.ts';
import { debugLines, startLine, startReport } from './start-report.ts';
import { defaultStateFolder } from './default-state-folder.ts';
import { destroy, preDestroyMsMin, startEngine } from './start-engine.ts';
import { StopSignals } from './stop-signals.ts';
import type { CheckpointOptions } from '../checkpoints/checkpoint-options.ts';
import type { CheckpointStatistics } from '../checkpoints/checkpoint-statistics.ts';
import type { RunningCheckpoints } from '../checkpoints/running-checkpoints.ts';
import type { Wiring } from '../wiring/wiring.ts';

/** Options override settings, which are read from files such as application.yaml in the working directory and from the environment. */
export interface RunOptions extends Omit<ApplicationOverrides, 'dryRun'> {
  /**
   * The folder for state, messages and positions. One engine at a time can use it.
   *
   * @defaultValue the setting `state.folder`, else `.statefun/<name of the application>` in the working directory
   */
  readonly stateFolder?: string;
  /** Where and how often the state is copied. @defaultValue the settings below `checkpoints` */
  readonly checkpoints?: CheckpointOptions;
  /** Begins anew in an empty state folder although there are checkpoints. @defaultValue `false`: the newest is restored */
  readonly fresh?: boolean;
  /** A store to use in place of the state folder, for example a `MemoryStore`. It is closed when the application stops. */
  readonly store?: Store;
  /** The logger. @defaultValue one that writes to standard error, set by `logging.level` and `logging.levels` */
  readonly logger?: Logger;
  /**
   * Stops gracefully on SIGTERM or SIGINT, and exits at once on the second signal. A signal during the start stops the application as soon as
   * it has started. @defaultValue `false`
   */
  readonly signals?: boolean;
  /**
   * Handles unhandled rejections and uncaught exceptions of the process, as docs/decisions/0008-failures-nobody-awaits.md explains.
   *
   * @defaultValue `false`
   */
  readonly strayFailures?: boolean;
  /** Longest graceful stop. Unfinished work is repeated after the next start. @defaultValue the setting `stop.deadline` */
  readonly stopDeadline?: Duration;
  /** How the start is logged. @defaultValue `'lines'` on a terminal, `'line'` in production and without a terminal */
  readonly startReport?: 'lines' | 'line';
}

/** Counts of an application since its start, and its present state. */
export interface ApplicationStatistics extends EngineStatistics {
  /** Set when the application has checkpoints. */
  readonly checkpoints?: CheckpointStatistics;
}

/** An application that runs on the embedded engine. */
export interface RunningApplication {
  readonly name: string;
  /** The path of the state folder; undefined if a store was passed. */
  readonly stateFolder: string | undefined;
  /** The files that scanning found and skipped. */
  readonly report: ScanReport;
  /** The declared ingresses, forwarders, functions and egresses. */
  readonly wiring: Wiring;
  /** All settings, each with its origin. */
  readonly configuration: Configuration;
  /** Emits the stop and failures of the application. The event of the start is emitted before this can be read. */
  readonly events: ApplicationEvents;
  /**
   * Stops gracefully: stops every ingress, finishes and commits running work, sends committed records, closes the store, and calls
   * `@PreDestroy`.
   */
  stop(): Promise<void>;
  /** Resolves when everything is closed, with the error if the engine failed. */
  readonly stopped: Promise<Error | undefined>;
  /** Resolves when nothing is left to do until time passes or a record arrives. */
  whenQuiet(): Promise<void>;
  /** Whether every ingress has delivered its last record. Files end; streams do not. */
  readonly ingressFinished: boolean;
  /** Resolves when every ingress has ended and all resulting work is done, except for messages delayed by functions. */
  whenFinished(): Promise<void>;
  /** Liveness and readiness of the application. */
  readonly health: Health;
  /** The log levels by logger name, which can be changed while the application runs. */
  readonly loggers: Loggers;
  statistics(): ApplicationStatistics;
  /** Returns the current state of an address by cell name, including changes that are not committed yet. */
  state(target: FunctionTarget, id: string): Promise<Record<string, unknown>>;
  deadLetters(): readonly DeadLetter[];
  /** Handles or sends a dead letter again. */
  redrive(id: string): void;
}

/** Interval between checks whether the engine has finished, in milliseconds. */
const finishedIntervalMs = 20;

/** Shortest time that is left for the last checkpoint, in milliseconds. */
const lastCheckpointMsMin = 5_000;

/**
 * Checks an application, creates its providers and forwarders, opens its state folder and starts the embedded engine. Resolves when every
 * ingress reads. See `Lifecycle` for the order.
 *
 * Rejects with APPLICATION_INVALID (every mistake at once), with errors of the state folder such as STATE_FOLDER_LOCKED, or with the error
 * of an ingress or egress that could not start. Nothing runs then, and everything that was created is destroyed.
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
  const { engine, checkpoints } = await startEngine(application, { ...options, stateFolder, logger });
  const stopDeadlineMs = configuration.get('stop.deadline');
  const running = new EmbeddedRun(application, engine, { stateFolder, stopDeadlineMs, logger, loggers, checkpoints });
  const profiles = options.conditionSource?.profiles ?? configuration.profiles;
  const facts = { ...application, profiles, stateFolder, durationMs: performance.now() - startedAt };
  const reportStart = (options.startReport ?? (isWatched() ? 'lines' : 'line')) === 'lines' ? startReport : startLine;
  logger.info(reportStart(facts));
  application.events.emit('started', { application: application.name }, logger);
  if (signals !== undefined) stopAtSignals(running, signals, logger);
  return running;
}

/** Whether standard error is a terminal that a person reads. */
function isWatched(): boolean {
  return process.stderr.isTTY && process.env['NODE_ENV'] !== 'production';
}

interface EmbeddedRunOptions {
  readonly stateFolder: string | undefined;
  readonly stopDeadlineMs: number;
  readonly logger: Logger;
  readonly loggers: Loggers;
  readonly checkpoints: RunningCheckpoints | undefined;
}

class EmbeddedRun implements RunningApplication {
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
  readonly #checkpoints: RunningCheckpoints | undefined;
  #stopping: Promise<void> | undefined;
  #stopBy = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(
    application: AssembledApplication,
    engine: Engine,
    { stateFolder, stopDeadlineMs, logger, loggers, checkpoints }: EmbeddedRunOptions,
  ) {
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
    this.#checkpoints = checkpoints;
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

  /** Releases everything after the engine has stopped, gracefully or by a failure. */
  async #release(error: Error | undefined): Promise<Error | undefined> {
    this.#isStopped = true;
    const application = this.name;
    if (error !== undefined) this.events.emit('failed', { application, error }, this.#logger);
    this.events.emit('stopped', { application, error }, this.#logger);
    const leftMs = (): number => Math.min(this.#stopBy - performance.now(), this.#stopDeadlineMs);
    await this.#checkpoints?.stop({ orderly: error === undefined, deadlineMs: Math.max(leftMs(), lastCheckpointMsMin) });
    await destroy(this.#application, Math.max(leftMs(), preDestroyMsMin), this.#logger);
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
      // An engine is also quiet while a failed message or egress waits for its next attempt.
      const { messagesPending, outboxRecords } = this.#engine.statistics();
      if (this.#engine.ingressFinished && messagesPending === 0 && outboxRecords === 0) return;
      await delay(finishedIntervalMs);
    }
  }

  statistics(): ApplicationStatistics {
    const checkpoints = this.#checkpoints?.statistics();
    return { ...this.#engine.statistics(), ...(checkpoints && { checkpoints }) };
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

/** Stops the application on the first signal, including one that came during the start. */
export function stopAtSignals(running: RunningApplication, signals: StopSignals, logger: Logger): void {
  const busyWith = (): string => {
    const { messagesPending, outboxRecords } = running.statistics();
    return `${messagesPending} pending messages and ${outboxRecords} records to send`;
  };
  const stop = (): void => void running.stop().catch((error: unknown) => logger.error('could not stop', { error }));
  signals.whenAsked({ stop, busyWith });
}
