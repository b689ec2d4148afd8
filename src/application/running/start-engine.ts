import type { Egress } from '../../egress/egress.ts';
import type { Engine } from '../../engine/engine.ts';
import { openStore } from '../../engine/recovery/open-store.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import { toolRequests } from '../../state-tools/running-requests.ts';
import type { LogStore } from '../../storage/log-store.ts';
import type { Store } from '../../storage/store.ts';
import { storeSettings } from '../application-configuration.ts';
import type { AssembledApplication } from '../assemble.ts';
import type { BegunCheckpoints } from '../checkpoints/begin-checkpoints.ts';
import { configuredCheckpoints } from '../checkpoints/checkpoint-options.ts';
import { LeasedEgress } from '../checkpoints/leased-egress.ts';
import { LeasedStore } from '../checkpoints/leased-store.ts';
import { RunningCheckpoints } from '../checkpoints/running-checkpoints.ts';
import { createEngine } from '../create-engine.ts';
import { SendIngress } from '../sent-events/send-ingress.ts';
import { sendRequests } from '../sent-events/send-requests.ts';
import { tieFailures } from './stray-failures.ts';

/** Shortest time that is left for `@PreDestroy` after a slow stop, in milliseconds. Closing a connection takes less. */
export const preDestroyMsMin = 1_000;

/** Time for giving the lease back when the start has failed, in milliseconds. */
const endMsMax = 5_000;

export interface StartEngineOptions {
  readonly store?: Store;
  readonly strayFailures?: boolean;
  readonly fresh?: boolean;
  /** Undefined if a store is given. */
  readonly stateFolder: string | undefined;
  readonly logger: Logger;
}

export interface StartedEngine {
  readonly engine: Engine;
  readonly checkpoints: RunningCheckpoints | undefined;
}

/** What the engine of an application works on. */
interface OpenedState {
  readonly store: Store;
  /** The store of the state folder; undefined if a store was given. */
  readonly opened: LogStore | undefined;
  readonly checkpoints: RunningCheckpoints | undefined;
  readonly begun: BegunCheckpoints | undefined;
}

/** Opens the state of an application and starts its engine. After an error nothing runs, and the providers are destroyed. */
export async function startEngine(application: AssembledApplication, options: StartEngineOptions): Promise<StartedEngine> {
  const { logger } = options;
  let state: OpenedState | undefined;
  let engine: Engine | undefined;
  try {
    state = await openState(application, options);
    const { store, opened, begun, checkpoints } = state;
    const send = new SendIngress(application.router);
    const egress = application.egress.map((each): Egress => (begun === undefined ? each : new LeasedEgress(each, begun.gate)));
    // `statefun send` reaches an application by its state folder only.
    const healthIndicators = [...application.healthIndicators, ...(checkpoints === undefined ? [] : [checkpoints.health])];
    engine = createEngine({ ...application, egress, healthIndicators }, store, logger, opened === undefined ? [] : [send]);
    if (options.strayFailures === true) tieFailures(application.invocationScope, engine, namedLogger(logger, 'engine'));
    const { gate } = begun ?? {};
    const failing = engine;
    if (gate !== undefined) gate.onLost = (error) => failing.fail(error);
    await engine.start();
    opened?.answerRequests(sendRequests(send, toolRequests(engine, store)));
    application.health.started();
    checkpoints?.start();
    return { engine, checkpoints };
  } catch (thrown) {
    await engine?.stop({ deadlineMs: 0 }).catch(() => undefined);
    await state?.store.close().catch(() => undefined);
    await state?.checkpoints?.stop({ orderly: false, deadlineMs: endMsMax });
    application.events.emit('failed', { application: application.name, error: toError(thrown) }, logger);
    await destroy(application, preDestroyMsMin, logger);
    throw thrown;
  }
}

async function openState(application: AssembledApplication, options: StartEngineOptions): Promise<OpenedState> {
  const { stateFolder: folder = '', logger: root, store, fresh = false } = options;
  if (store !== undefined) return { store, opened: undefined, checkpoints: undefined, begun: undefined };
  const { configuration, name } = application;
  const settings = { ...storeSettings(configuration), folder, logger: root };
  const configured = configuredCheckpoints(configuration);
  if (configured === undefined) {
    const opened = await openStore(settings);
    return { store: opened, opened, checkpoints: undefined, begun: undefined };
  }
  const logger = namedLogger(root, 'checkpoints');
  // Applications without checkpoints do not load their code.
  const { beginCheckpoints } = await import('../checkpoints/begin-checkpoints.ts');
  const begun = await beginCheckpoints({ ...configured, application: name, folder, fresh, logger });
  try {
    const opened = await openStore({ ...settings, lock: begun.lock });
    const checkpoints = new RunningCheckpoints({ ...begun, store: opened, intervalMs: configured.intervalMs, logger });
    return { store: new LeasedStore(opened, begun.gate), opened, checkpoints, begun };
  } catch (error) {
    begun.gate.close(new StatefunError('ENGINE_STOPPED', 'the engine does not start.'));
    await begun.host.end({ free: true }).catch(() => undefined);
    throw error;
  }
}

/** Destroys the providers of the application. A failure in one does not keep the others from being destroyed. */
export async function destroy({ lifecycle }: AssembledApplication, deadlineMs: number, logger: Logger): Promise<void> {
  for (const error of await lifecycle.destroy(deadlineMs)) logger.warn('stopped before everything had ended', { error });
}
