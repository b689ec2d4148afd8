import type { EndlessMessages } from '../ingress/inside-watch.ts';
import type { IngressBuffer } from '../ingress/ingress-buffer.ts';
import type { FailingEgress } from '../egress/egress-sender.ts';
import type { Outbox } from '../egress/outbox.ts';
import type { Partition } from '../partition/partition.ts';

export type Phase = 'new' | 'running' | 'stopping' | 'stopped';

/** The state of an engine, from which its health is derived. */
export interface EngineStatus {
  readonly phase: Phase;
  /** The error that stopped the engine. */
  readonly failure: Error | undefined;
  /** Time for which the loop has had work but no turn, in milliseconds. */
  readonly stalledMs: number;
  /** The number of messages not handled yet, and the functions that message each other without end. */
  readonly messages: { readonly pending: number; readonly endless: EndlessMessages | undefined };
  readonly ingress: readonly { readonly name: string; readonly finished: boolean; readonly recordsWaiting: number }[];
  readonly egress: readonly { readonly id: string; readonly recordsWaiting: number; readonly failing: FailingEgress | undefined }[];
  /** Committed egress records that the outside has not acknowledged. While they are too many (`full`), no records are taken. */
  readonly outbox: { readonly records: number; readonly bytes: number; readonly full: boolean };
}

/** Values that the loop reports. */
interface LoopStatus {
  readonly stalledMs: number;
  readonly outboxFull: boolean;
  readonly endless: EndlessMessages | undefined;
}

export interface EngineStatusSources {
  readonly phase: Phase;
  readonly failure: Error | undefined;
  readonly loop: LoopStatus;
  readonly partition: Partition;
  readonly ingress: readonly IngressBuffer[];
  readonly outbox: Outbox;
}

export function readEngineStatus({ phase, failure, loop, partition, ingress, outbox }: EngineStatusSources): EngineStatus {
  return {
    phase,
    failure,
    stalledMs: loop.stalledMs,
    messages: { pending: partition.mailboxes.messages, endless: loop.endless },
    ingress: ingress.map((buffer) => ({ name: buffer.ingress.id, finished: buffer.finished, recordsWaiting: buffer.recordsWaiting })),
    egress: outbox.senders.map((sender) => ({ id: sender.egress.id, recordsWaiting: sender.waiting, failing: sender.failing })),
    outbox: { records: outbox.records, bytes: outbox.bytes, full: loop.outboxFull },
  };
}
