import type { Clock } from '../shared/time/clock.ts';
import type { ConnectorSettings } from '../shared/connector-settings.ts';
import type { Logger } from '../shared/logger.ts';

/** A committed record for an egress. */
export interface EgressRecord {
  /** Id of its event, the same whenever the record is sent again. */
  readonly id: string;
  /** Partition key, which decides the shard and the order of the record. */
  readonly key: string | undefined;
  /** Decides the shard in place of the key, if the stream supports it: for Kinesis the explicit hash key. */
  readonly hashKey?: string | undefined;
  /** CloudEvents JSON or the Protobuf envelope, depending on `format`. */
  readonly data: string | Uint8Array;
  /** Whether the record may have been sent before: by a run that crashed, or by a call without a response. */
  readonly resent: boolean;
}

/** A record that the target will never accept. */
export interface RejectedRecord {
  readonly record: EgressRecord;
  readonly error: Error;
}

/** The engine, for an egress. */
export interface EgressContext {
  /** Signal that is aborted when the engine stops without waiting any longer. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A component of module.yaml with which a Flink StateFun cluster writes the same records, and the records it receives. */
export interface ClusterEgress {
  /** Kind of the component, such as `io.statefun.kinesis.v1/egress`. */
  readonly kind: string;
  /** Its `spec` without the id. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly writes:
    | {
        readonly to: 'kinesis';
        readonly stream: string;
        /** Largest record, key included. Larger ones would fail the job of the cluster, so they become dead letters. */
        readonly recordBytesMax: number;
        readonly partitionKeyOf: (record: Pick<EgressRecord, 'id' | 'key'>) => string;
      }
    | { readonly to: 'kafka'; readonly topic: string };
}

/** A target of records. Only committed records reach it. Implement it to write to another system. */
export interface Egress {
  /** Id that functions use, `namespace/name`. */
  readonly id: string;
  /** Format of the records. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
  /** Describes the target, for people. */
  readonly description: string;
  /** Most records in one call of `send`. @defaultValue 500 */
  readonly batchRecordsMax?: number;
  /** Receives the settings of the application, before each start and before `description` is read. Throws for values that it cannot use. */
  configure?(settings: ConnectorSettings): void;
  /** Returns how a Flink StateFun cluster writes the same records, after `configure`. Without it, `statefun serve` reports that a cluster cannot. */
  cluster?(): ClusterEgress;
  start(context: EgressContext): Promise<void>;
  /**
   * Sends the records in order per key. The engine makes one call at a time. Resolves with the records that the target will never accept, which become
   * dead letters, when the target has acknowledged all others. Rejects when the same records may succeed later: the engine sends them again with
   * back-off, as long as it runs, and marks them as `resent`.
   */
  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]>;
  /** Stops the egress and releases its connections and files. */
  stop(): Promise<void>;
}
