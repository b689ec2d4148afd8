import type { AddressedEnvelope } from '../envelope/addressed-envelope.ts';
import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Clock } from '../shared/time/clock.ts';
import type { ConnectorSettings } from '../shared/connector-settings.ts';
import type { Logger } from '../shared/logger.ts';

/** A record of a stream: bytes with a position. */
export interface IngressRecord {
  /** Part of the ingress whose records are ordered: a shard, a Kafka partition, a file. */
  readonly partition: string;
  /** Position of the record in its partition. Only the ingress interprets it. The engine commits it with the effects of the record. */
  readonly position: string;
  /** Identifies the record permanently; message ids are hashes of it. For Kinesis: stream, its creation time, shard, sequence number. */
  readonly identity: string;
  readonly data: Uint8Array;
  /** Partition key, if the stream has one. */
  readonly key?: string;
}

/**
 * Format of records: CloudEvents JSON, the Protobuf envelope, or a function that returns the event of a record. The function throws for records that
 * it cannot read; they become dead letters.
 */
export type RecordFormat = 'cloudevent' | 'envelope' | ((record: IngressRecord) => CloudEvent);

/** The engine, for an ingress. */
export interface IngressContext {
  /** Committed positions by partition, where reading continues. Empty at the first start. */
  readonly positions: ReadonlyMap<string, string>;
  /**
   * Delivers records in the order of their partitions. Resolves when the engine has room for more (back-pressure): wait for it before reading more.
   * It is independent of commits. Several partitions may deliver at the same time. Rejects when the engine stops.
   */
  deliver(records: readonly IngressRecord[]): Promise<void>;
  /**
   * Commits a position without a record, for example "latest" resolved to a time, or the end of a shard. Resolves when it is durable. It is committed
   * after all records delivered before it.
   */
  savePosition(partition: string, position: string): Promise<void>;
  /** Reports that no more records will follow, for example at the end of a file. */
  finished(): void;
  /** Reports that the ingress cannot continue. The engine stops with this error. The ingress itself retries operations that may succeed later. */
  failed(error: Error): void;
  /** Signal that is aborted when the ingress must stop reading. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A component of module.yaml with which a Flink StateFun cluster reads the same records. */
export interface ClusterIngress {
  /** Kind of the component, such as `io.statefun.kinesis.v1/ingress`. */
  readonly kind: string;
  /** Its `spec` without the id. Every record is sent to the targets, at the id that equals its key, as a value of the type. */
  spec(route: { readonly valueType: string; readonly targets: readonly string[] }): Readonly<Record<string, unknown>>;
}

/** A source of records. Implement it to read from another system, and test it with the ingress contract suite. */
export interface Ingress {
  /** Unique in the application; committed positions are kept under it, so it must not change. */
  readonly id: string;
  /** Format of the records. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
  /**
   * Returns the messages of a record, in place of `format` and the forwarders, which are not called. It decides by the record alone, and throws for
   * records without a target, which become dead letters.
   */
  readonly route?: (record: IngressRecord) => readonly AddressedEnvelope[];
  /** Describes the source, for people. */
  readonly description: string;
  /** Receives the settings of the application, before each start and before `description` is read. Throws for values that it cannot use. */
  configure?(settings: ConnectorSettings): void;
  /** Returns how a Flink StateFun cluster reads the same records, after `configure`. Without it, `statefun module` reports that a cluster cannot. */
  cluster?(): ClusterIngress;
  /** Starts reading. Resolves when reading has begun, and rejects when it cannot begin, for example without the stream. */
  start(context: IngressContext): Promise<void>;
  /** Stops reading. Resolves when no more records will be delivered. */
  stop(): Promise<void>;
}
