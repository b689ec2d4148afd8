import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../engine/dead-letters.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineStatistics } from '../engine/statistics.ts';
import { toMilliseconds, type Duration } from '../shared/duration.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import type { Logger } from '../shared/logger.ts';
import { openLogStore } from '../storage/log-store.ts';
import type { Store } from '../storage/store.ts';
import { assembleApplication, type ApplicationOverrides, type AssembledApplication } from './assemble.ts';
import type { ScanReport } from './component-scan.ts';
import type { ApplicationDefinition } from './definition.ts';
import { createLogger } from './logging.ts';
import { startReport } from './start-report.ts';
import { defaultStateFolder } from './state-folder.ts';
import { listenForStopSignals } from './stop-signals.ts';

export interface RunOptions extends ApplicationOverrides {
  /**
   * Where state, messages and positions are kept; one engine at a time.
   *
   * @defaultValue `STATEFUN_STATE_FOLDER`, else `.statefun/<name of the application>` in the working directory
   */
  readonly stateFolder?: string;
  /** Takes the place of the state folder, for example a `MemoryStore`. It is closed when the application stops. */
  readonly store?: Store;
  /** @defaultValue one that writes to standard error: see `LOG_LEVEL` */
  readonly logger?: Logger;
  /** Stops gracefully at SIGTERM and SIGINT, and exits at the second one. @defaultValue `false` */
  readonly signals?: boolean;
  /** How long a graceful stop may take. What is not finished then is done again after the next start. @defaultValue `'30s'` */
  readonly stopDeadline?: Duration;
}

/** An application that runs on the embedded engine. */
export interface RunningApplication {
  readonly name: string;
  /** Undefined when a store was given. */
  readonly stateFolder: string | undefined;
  /** What scanning found and skipped. */
  readonly report: ScanReport;
  /** Stops the ingress, finishes and commits what is under way, sends what is committed, releases everything. */
  stop(): Promise<void>;
  /** Settles once everything is released; with an error when the engine failed. */
  readonly stopped: Promise<Error | undefined>;
  /** Resolves when nothing can happen unless time passes or a record comes in. */
  whenQuiet(): Promise<void>;
  /** Whether every ingress has delivered all records there will ever be. Streams do not end; files do. */
  readonly ingressFinished: boolean;
  /** Resolves when every ingress has come to its end and everything that followed is done, but for messages delayed by a function. */
  whenFinished(): Promise<void>;
  statistics(): EngineStatistics;
  /** The committed and pending state of an address, by cell. */
  state(target: FunctionTarget, id: string): Promise<Record<string, unknown>>;
  deadLetters(): readonly DeadLetter[];
  /** Takes a dead letter up again. */
  redrive(id: string): void;
}

/** How often the engine is asked whether it has come to its end, in milliseconds. */
const finishedIntervalMs = 20;

/**
 * Checks an application, opens its state folder and starts the embedded engine; resolves when every ingress reads.
 *
 * Rejects with APPLICATION_INVALID (every mistake at once), with STATE_FOLDER_LOCKED and others of the state folder, or with what an
 * ingress or egress could not start for. Nothing runs then.
 */
export async function runApplication(definition: ApplicationDefinition, options: RunOptions = {}): Promise<RunningApplication> {
  const startedAt = performance.now();
  const stopDeadlineMs = toMilliseconds(options.stopDeadline ?? '30s');
  const logger = options.logger ?? createLogger();
  const application = await assembleApplication(definition, options);
  for (const { file, reason } of application.report.skipped) logger.debug('skipped while scanning', { file, reason });

  const stateFolder = options.store === undefined ? resolve(options.stateFolder ?? defaultStateFolder(application.name)) : undefined;
  const store = options.store ?? (await openLogStore({ folder: stateFolder ?? '', logger }));
  const engine = createEngine(application, store, logger);
  try {
    await engine.start();
  } catch (error) {
    await engine.stop({ deadlineMs: 0 }).catch(() => undefined);
    await store.close().catch(() => undefined);
    throw error;
  }
  const running = new EngineRun(application, engine, stateFolder, stopDeadlineMs);
  if (options.signals === true) stopAtSignals(running, logger);
  logger.info(startReport(application, stateFolder, performance.now() - startedAt));
  return running;
}

function createEngine(application: AssembledApplication, store: Store, logger: Logger): Engine {
  const { functions, router, ingress, egress, subscriptions, unmatchedEvents, clock, engine } = application;
  return new Engine({ functions, router, ingress, egress, subscriptions, unmatchedEvents, clock, ...engine, store, logger });
}

class EngineRun implements RunningApplication {
  readonly name: string;
  readonly report: ScanReport;
  readonly stateFolder: string | undefined;
  readonly stopped: Promise<Error | undefined>;
  readonly #engine: Engine;
  readonly #stopDeadlineMs: number;
  #isStopped = false;

  constructor({ name, report }: AssembledApplication, engine: Engine, stateFolder: string | undefined, stopDeadlineMs: number) {
    this.name = name;
    this.report = report;
    this.stateFolder = stateFolder;
    this.#engine = engine;
    this.#stopDeadlineMs = stopDeadlineMs;
    this.stopped = engine.stopped.finally(() => (this.#isStopped = true));
  }

  stop(): Promise<void> {
    return this.#engine.stop({ deadlineMs: this.#stopDeadlineMs });
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
      // Quiet is also an engine in which a failed message waits for its next attempt.
      if (this.#engine.ingressFinished && this.#engine.statistics().messagesPending === 0) return;
      await sleep(finishedIntervalMs);
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

function stopAtSignals(running: RunningApplication, logger: Logger): void {
  const busyWith = (): string => {
    const { messagesPending, outboxRecords } = running.statistics();
    return `${messagesPending} pending messages and ${outboxRecords} records to send`;
  };
  const stop = (): void => void running.stop().catch((error: unknown) => logger.error('could not stop', { error }));
  const unlisten = listenForStopSignals({ source: process, logger, stop, busyWith });
  void running.stopped.finally(unlisten);
}
