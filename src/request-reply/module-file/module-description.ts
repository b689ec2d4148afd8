import type { StatefunError } from '../../shared/errors.ts';
import type { RemoteFunctionsOptions } from '../calling/remote-functions.ts';

/** What a module.yaml describes, in whatever version it is written. */
export interface ModuleDescription {
  readonly endpoints: readonly RemoteFunctionsOptions[];
  readonly ingress: readonly (KinesisIngressSpec | PlaygroundIngressSpec)[];
  readonly egress: readonly (KinesisEgressSpec | PlaygroundEgressSpec)[];
  /** With a mistake in it nothing is to be started. */
  readonly problems: readonly StatefunError[];
  /** Keys that are not read, or have no effect. */
  readonly warnings: readonly StatefunError[];
}

/** Which messages a record becomes: one for each target, its bytes under the typename. */
export interface StreamRoute {
  readonly stream: string;
  readonly valueType: string;
  /** Function types; the id is the key of the record. */
  readonly targets: readonly string[];
}

export interface KinesisConnection {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface KinesisIngressSpec {
  readonly kind: 'kinesis';
  readonly id: string;
  readonly connection: KinesisConnection;
  readonly start: 'TRIM_HORIZON' | 'LATEST' | { readonly at: Date };
  readonly streams: readonly StreamRoute[];
}

export interface KinesisEgressSpec {
  readonly kind: 'kinesis';
  readonly id: string;
  readonly connection: KinesisConnection;
}

export interface PlaygroundIngressSpec {
  readonly kind: 'playground';
  readonly port: number;
  /** Where to listen; undefined: where only this machine reaches it. */
  readonly host?: string;
}

export interface PlaygroundEgressSpec {
  readonly kind: 'playground';
  readonly port: number;
  /** Where to listen; undefined: where only this machine reaches it. */
  readonly host?: string;
  readonly topics: readonly string[];
}
