import { toSubscriptionSettings } from '../functions/subscriptions.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { MetricsRegistry } from '../shared/metrics.ts';
import { systemClock, type Clock } from '../shared/time/clock.ts';
import { CommitPipeline } from './commit/commit-pipeline.ts';
import { outsideOfAttempts, realPace, type Pace } from './commit/pace.ts';
import { StateReader } from './commit/state-reader.ts';
import { Outbox } from './egress/outbox.ts';
import { EngineLoop } from './engine-loop.ts';
import { createPartition, type EngineOptions } from './engine-options.ts';
import { lastingHeapBytesMax } from './heap-size.ts';
import { IngressBuffer } from './ingress/ingress-buffer.ts';
import { endlessError } from './ingress/inside-watch.ts';
import { RecordIntake } from './ingress/record-intake.ts';
import { CommitGroup, type Capture } from './partition/commit-group.ts';
import { DeadLetterIntake } from './partition/dead-letter-intake.ts';
import { createInvocationHost } from './partition/invocation-host.ts';
import { defaultLimits, type EngineLimits } from './partition/limits.ts';
import { fitToHeap, MessageBudget } from './partition/message-budget.ts';
import type { Partition } from './partition/partition.ts';
import type { PartitionPorts } from './partition/partition-ports.ts';

/** Receives the events of the parts: the engine does. */
export interface EngineEvents {
  /** Called when a commit is durable. */
  committed(capture: Capture): void;
  /** Called after every turn of the loop. */
  turned(): void;
  /** Whether somebody waits until the engine is quiet. */
  awaited(): boolean;
  /** Called with what makes the engine stop. */
  fail(error: unknown): void;
}

/** The parts of an engine, connected. */
export interface EngineParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly partition: Partition;
  readonly states: StateReader;
  readonly deadLetters: DeadLetterIntake;
  readonly intake: RecordIntake;
  readonly pipeline: CommitPipeline;
  readonly loop: EngineLoop;
  readonly ingress: readonly IngressBuffer[];
  readonly outbox: Outbox;
}

/** Parts that need no other part. */
interface Basis {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly limits: EngineLimits;
  readonly heapBytesMax: number;
  readonly pace: Pace;
  readonly group: CommitGroup;
  readonly deadLetters: DeadLetterIntake;
}

/** Creates the parts of an engine and connects them. Nothing runs yet. */
export function createEngineParts(options: EngineOptions, events: EngineEvents): EngineParts {
  const { store, functions, router, unmatchedEvents = 'dead-letter' } = options;
  const basis = createBasis(options);
  const { clock, logger, metrics, limits, pace, group, deadLetters } = basis;
  const failed = (error: unknown): void => events.fail(error);
  // Calls that come back from outside enter through the loop, which is created last.
  const wake = (): void => loop.wake();
  const states = new StateReader({
    store,
    functions,
    loaded: (activation, entries) => loop.arrive((nowMs) => partition.states.arrived(activation, entries, nowMs)),
    failed,
  });
  const ports: PartitionPorts = {
    readState: (activation) => states.read(activation),
    watch: (run, settling) =>
      void settling.then(
        () => loop.arrive((nowMs) => run.settled(nowMs)),
        (error: unknown) => loop.arrive((nowMs) => run.settled(nowMs, { error })),
      ),
    stop: failed,
  };
  const partition = partitionOf(options, basis, ports, () => outbox);
  const intake = new RecordIntake({ router, partition, deadLetters, unmatchedEvents });
  const pipeline = new CommitPipeline({
    store,
    pace,
    limits,
    partition,
    awaited: () => events.awaited(),
    wake,
    committed: (capture) => events.committed(capture),
    failed,
  });
  const ingress = options.ingress.map((each) => {
    const savePosition = (shard: string, position: string): Promise<void> => {
      group.position(each.id, shard, position);
      wake();
      return pipeline.flushed();
    };
    return new IngressBuffer(each, { clock, logger, limits, savePosition, wake, failed });
  });
  const outbox = new Outbox({ egress: options.egress, clock, logger, deadLetters, group, wake });
  const loop: EngineLoop = new EngineLoop({
    clock,
    pace,
    limits,
    partition,
    intake,
    pipeline,
    ingress,
    outbox,
    endless: (endless) => logger.warn('functions message each other without end', { error: endlessError(endless) }),
    turned: () => events.turned(),
    failed,
  });
  return { clock, logger, metrics, partition, states, deadLetters, intake, pipeline, loop, ingress, outbox };
}

function createBasis(options: EngineOptions): Basis {
  const {
    clock = systemClock,
    logger = silentLogger,
    metrics = new MetricsRegistry(),
    heapBytesMax = lastingHeapBytesMax(),
    pace = realPace,
  } = options;
  const limits = fitToHeap({ ...defaultLimits, ...options.limits }, heapBytesMax);
  const group = new CommitGroup();
  const deadLetters = new DeadLetterIntake({ limits, clock, logger, group });
  return { clock, logger, metrics, limits, heapBytesMax, pace: outsideOfAttempts(pace), group, deadLetters };
}

function partitionOf(options: EngineOptions, basis: Basis, ports: PartitionPorts, outbox: () => Outbox): Partition {
  const { functions } = options;
  const { limits, heapBytesMax, logger, metrics, group, deadLetters } = basis;
  const host = createInvocationHost({
    functions,
    egressIds: options.egress.map((egress) => egress.id),
    logger,
    metrics,
    scope: options.invocationScope,
    subscriptions: toSubscriptionSettings(options.subscriptions),
    budget: new MessageBudget({ limits, heapBytesMax, held: () => [partition.held, outbox().held] }),
    isCancellationTokenPending: (address, token) => partition.delayed.isPending(address, token),
    locate: (address) => partition.mailboxes.addresses.locate(address),
  });
  const partition: Partition = (options.createPartition ?? createPartition)({ functions, host, ports, limits, deadLetters, group });
  return partition;
}
