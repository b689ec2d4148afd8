import type { Clock } from '../shared/time/clock.ts';
import type { ConnectorSettings } from '../shared/connector-settings.ts';
import type { Logger } from '../shared/logger.ts';

/** A committed record on its way out. */
export interface EgressRecord {
  /** The id of its event: the same whenever the record is sent again. */
  readonly id: string;
  /** Orders and places the record, where the stream has keys. */
  readonly key: string | undefined;
  /** Places the record in place of its key, where the stream has such: for Kinesis the explicit hash key. */
  readonly hashKey?: string | undefined;
  /** CloudEvents JSON, or the Protobuf envelope, as `format` says. */
  readonly data: string | Uint8Array;
  /** It may have been sent before: by a run that crashed, or by a call whose answer is unknown. */
  readonly resent: boolean;
}

/** A record the outside will never take. */
export interface RejectedRecord {
  readonly record: EgressRecord;
  readonly error: Error;
}

/** What the engine gives an egress. */
export interface EgressContext {
  /** Aborted when the engine stops without waiting any longer. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a cluster of Flink StateFun writes the same records: a component of its module.yaml, and what it is sent. */
export interface ClusterEgress {
  /** Such as `io.statefun.kinesis.v1/egress`. */
  readonly kind: string;
  /** What stands in its `spec` beside the id. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly writes:
    | {
        readonly to: 'kinesis';
        readonly stream: string;
        /** Larger ones, key included, would fail the job of the cluster: they become dead letters. */
        readonly recordBytesMax: number;
        readonly partitionKeyOf: (record: Pick<EgressRecord, 'id' | 'key'>) => string;
      }
    | { readonly to: 'kafka'; readonly topic: string };
}

/** Where records go out. Only committed records reach it. Implement it to write to a system of your own. */
export interface Egress {
  /** `namespace/name`, what functions call it. */
  readonly id: string;
  /** @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
  /** For people: what is written where. */
  readonly description: string;
  /** Most records of one `send`. @defaultValue 500 */
  readonly batchRecordsMax?: number;
  /** Takes the settings of the application, before each start and before its description is read; throws for what it cannot use. */
  configure?(settings: ConnectorSettings): void;
  /** How a cluster of Flink StateFun writes the same records, after `configure`. Left out: it cannot, and `statefun serve` says so. */
  cluster?(): ClusterEgress;
  start(context: EgressContext): Promise<void>;
  /**
   * Sends the records, keeping the order of records with the same key. One call at a time. Resolves when the outside has acknowledged
   * every record that is not in the answer; those in the answer become dead letters. Rejects when it is worth trying the same records
   * again: the engine does so with back-off, for as long as it runs, and marks them as `resent`.
   */
  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]>;
  /** Releases everything. */
  stop(): Promise<void>;
}
