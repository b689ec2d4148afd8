import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import type { DeadLetterIntake } from '../partition/dead-letter-intake.ts';
import type { Outbox } from '../egress/outbox.ts';
import type { Partition } from '../partition/partition.ts';
import type { RecordIntake } from '../ingress/record-intake.ts';

/** Counts of an engine since its start, and its present state. */
export interface EngineStatistics {
  /** Ingress records taken: routed, or given up as dead letters. */
  readonly recordsTaken: number;
  /** Records that no forwarder accepted. */
  readonly recordsUnmatched: number;
  /** Invocations that succeeded. */
  readonly invocations: number;
  readonly attemptsFailed: number;
  /** Messages given up by functions whose policy is `skip`. */
  readonly messagesSkipped: number;
  readonly commits: number;
  /** Egress records acknowledged by the outside, by egress id. */
  readonly egressRecords: Readonly<Record<string, number>>;
  /** Dead letters since the start; `deadLettersKept` counts those that are kept now. */
  readonly deadLetters: number;
  readonly deadLettersKept: number;
  /** Messages waiting for a handler, a retry or a state read. */
  readonly messagesPending: number;
  readonly messagesDelayed: number;
  /** Egress records committed and not acknowledged. */
  readonly outboxRecords: number;
  readonly addressesLive: number;
  /** Time from the delivery of a record to the acknowledgement of an egress record it led to, in milliseconds; undefined before the first. */
  readonly latencyMs: { readonly p50: number | undefined; readonly p99: number | undefined };
  /** Counters of the handlers, and of remote functions under the names of StateFun. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface StatisticsSources {
  readonly partition: Partition;
  readonly intake: RecordIntake;
  readonly pipeline: CommitPipeline;
  readonly outbox: Outbox;
  readonly deadLetters: DeadLetterIntake;
  readonly counters: Readonly<Record<string, number>>;
}

export function collectStatistics({ partition, intake, pipeline, outbox, deadLetters, counters }: StatisticsSources): EngineStatistics {
  const { succeeded, failed, skipped } = partition.attempts;
  return {
    recordsTaken: intake.taken,
    recordsUnmatched: intake.unmatched,
    invocations: succeeded,
    attemptsFailed: failed,
    messagesSkipped: skipped,
    commits: pipeline.commits,
    egressRecords: outbox.acknowledged,
    deadLetters: deadLetters.received,
    deadLettersKept: deadLetters.letters.size,
    messagesPending: partition.mailboxes.messages,
    messagesDelayed: partition.delayed.size,
    outboxRecords: outbox.records,
    addressesLive: partition.mailboxes.addresses.size,
    latencyMs: { p50: outbox.latency.percentile(0.5), p99: outbox.latency.percentile(0.99) },
    counters,
  };
}
