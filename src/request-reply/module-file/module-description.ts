import type { StatefunError } from '../../shared/errors.ts';
import type { RemoteFunctionsOptions } from '../calling/remote-functions.ts';

/** The content of a module file of any version. */
export interface ModuleDescription {
  readonly endpoints: readonly RemoteFunctionsOptions[];
  readonly ingress: readonly (KinesisIngressSpec | PlaygroundIngressSpec)[];
  readonly egress: readonly (KinesisEgressSpec | PlaygroundEgressSpec)[];
  /** Mistakes. If there is one, nothing may be started. */
  readonly problems: readonly StatefunError[];
  /** Warnings about keys that are not read or have no effect. */
  readonly warnings: readonly StatefunError[];
}

/** The route of a stream's records: one message for each target, with the record's bytes under the typename. */
export interface StreamRoute {
  readonly stream: string;
  readonly valueType: string;
  /** Function types of the targets; the id is the key of the record. */
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
  /** The host to listen on. @defaultValue `'127.0.0.1'`, which only this machine reaches */
  readonly host?: string;
}

export interface PlaygroundEgressSpec {
  readonly kind: 'playground';
  readonly port: number;
  /** The host to listen on. @defaultValue `'127.0.0.1'`, which only this machine reaches */
  readonly host?: string;
  readonly topics: readonly string[];
}
