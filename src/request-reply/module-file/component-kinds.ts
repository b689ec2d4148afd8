import type { RemoteFunctionsOptions } from '../calling/remote-functions.ts';
import { readEndpointV1, readEndpointV2 } from './endpoint-kinds.ts';
import { readKinesisEgress, readKinesisIngress } from './kinesis-kinds.ts';
import type { ModuleDescription } from './module-description.ts';
import { readPlaygroundEgress, readPlaygroundIngress } from './playground-kinds.ts';
import type { SpecReader } from './spec-reader.ts';

/** The components read so far. */
export interface Components {
  readonly endpoints: RemoteFunctionsOptions[];
  readonly ingress: ModuleDescription['ingress'][number][];
  readonly egress: ModuleDescription['egress'][number][];
}

type ReadComponent = (spec: SpecReader, into: Components, file: string) => void;

const kinds: Readonly<Record<string, ReadComponent>> = {
  'io.statefun.endpoints.v2/http': (spec, { endpoints }, file) => add(endpoints, readEndpointV2(spec, file)),
  'io.statefun.endpoints.v1/http': (spec, { endpoints }, file) => add(endpoints, readEndpointV1(spec, file)),
  'io.statefun.kinesis.v1/ingress': (spec, { ingress }) => add(ingress, readKinesisIngress(spec)),
  'io.statefun.kinesis.v1/egress': (spec, { egress }) => add(egress, readKinesisEgress(spec)),
  'io.statefun.playground.v1/ingress': (spec, { ingress }) => add(ingress, readPlaygroundIngress(spec)),
  'io.statefun.playground.v1/egress': (spec, { egress }) => add(egress, readPlaygroundEgress(spec)),
  'io.statefun.kafka.v1/ingress': refuseKafka,
  'io.statefun.kafka.v1/egress': refuseKafka,
};

/** Reads one component. Reports an unknown kind as a problem. */
export function readComponent(kind: string, spec: SpecReader, into: Components, file: string): void {
  const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (read !== undefined) read(spec, into, file);
  else spec.problem(`there is no kind "${kind}"; there are ${Object.keys(kinds).join(', ')}`);
}

function refuseKafka(spec: SpecReader): void {
  spec.problem(
    'io.statefun.kafka.v1 needs a Kafka connector, which this version does not have',
    undefined,
    'Use io.statefun.kinesis.v1 or io.statefun.playground.v1, or run this module on Flink.',
  );
}

function add<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}
