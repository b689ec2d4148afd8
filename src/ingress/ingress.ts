import type { AddressedEnvelope } from '../envelope/addressed-envelope.ts';
import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Clock } from '../shared/time/clock.ts';
import type { ConnectorSettings } from '../shared/connector-settings.ts';
import type { Logger } from '../shared/logger.ts';

/** Bytes with a position, as a stream delivers them. */
export interface IngressRecord {
  /** The part of the ingress that is ordered in itself: a shard, a partition, a file. */
  readonly partition: string;
  /** Where the record stands in its partition. Only the ingress reads it; the engine commits it with the effects of the record. */
  readonly position: string;
  /** Names the record for ever: message ids are hashed from it. For Kinesis: stream, its creation time, shard, sequence number. */
  readonly identity: string;
  readonly data: Uint8Array;
  /** The partition key, where the stream has one. */
  readonly key?: string;
}

/**
 * How a record becomes an event: CloudEvents JSON, the Protobuf envelope, or a function for records that are neither.
 * The function throws for records it cannot read; they become dead letters.
 */
export type RecordFormat = 'cloudevent' | 'envelope' | ((record: IngressRecord) => CloudEvent);

/** What the engine gives an ingress. */
export interface IngressContext {
  /** Partition to committed position: where to go on. Empty at the first start. */
  readonly positions: ReadonlyMap<string, string>;
  /**
   * Hands records over, in the order of their partitions, and resolves when the engine has room for more (back-pressure): wait for it
   * before reading on. It says nothing about commits. Different partitions may deliver at the same time. Rejects when the engine stops.
   */
  deliver(records: readonly IngressRecord[]): Promise<void>;
  /**
   * Commits a position without a record, for example "latest", resolved to a time, or the end of a shard; resolves when it is durable. It
   * takes effect behind everything delivered before.
   */
  savePosition(partition: string, position: string): Promise<void>;
  /** Every record there will ever be has been delivered: the end of a file. */
  finished(): void;
  /** The ingress cannot go on; the engine stops with this error. What can be tried again, the ingress tries again by itself. */
  failed(error: Error): void;
  /** Aborted when the ingress must stop reading. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a cluster of Flink StateFun reads the same records: a component of its module.yaml. */
export interface ClusterIngress {
  /** Such as `io.statefun.kinesis.v1/ingress`. */
  readonly kind: string;
  /** What stands in its `spec` beside the id. Every record is sent to the targets, at the id that is its key, as a value of the type. */
  spec(route: { readonly valueType: string; readonly targets: readonly string[] }): Readonly<Record<string, unknown>>;
}

/** Where records come in. Implement it, and let the ingress contract suite check it, to read from a system of your own. */
export interface Ingress {
  /** Unique in the application; committed positions are kept under it, so it must not change. */
  readonly id: string;
  /** How records become events. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
  /**
   * Names the messages of a record, in place of `format` and the forwarders of the application, which are not asked about it. Decides by the
   * record alone; throws for records that are for nobody, which become dead letters.
   */
  readonly route?: (record: IngressRecord) => readonly AddressedEnvelope[];
  /** For people: what is read from where. */
  readonly description: string;
  /** Takes the settings of the application, before each start and before its description is read; throws for what it cannot use. */
  configure?(settings: ConnectorSettings): void;
  /** How a cluster of Flink StateFun reads the same records, after `configure`. Left out: it cannot, and `statefun module` says so. */
  cluster?(): ClusterIngress;
  /** Resolves when reading has begun; rejects when it cannot, for example because the stream is missing. */
  start(context: IngressContext): Promise<void>;
  /** Stops reading; resolves when nothing will be delivered any more. */
  stop(): Promise<void>;
}
