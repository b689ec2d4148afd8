import { readComponent, type Components } from './component-kinds.ts';
import { readEndpointV1 } from './endpoint-kinds.ts';
import { readKinesisEgress, readKinesisIngress } from './kinesis-kinds.ts';
import type { SpecReader } from './spec-reader.ts';

/** The names that kinds of version 3.0 have since 3.1. */
const renamed: Readonly<Record<string, string>> = {
  http: 'io.statefun.endpoints.v1/http',
  'io.statefun.kafka/ingress': 'io.statefun.kafka.v1/ingress',
  'io.statefun.kafka/egress': 'io.statefun.kafka.v1/egress',
  'io.statefun.kinesis/ingress': 'io.statefun.kinesis.v1/ingress',
  'io.statefun.kinesis/egress': 'io.statefun.kinesis.v1/egress',
};

/** Reads a document with `version: "3.0"`, which has lists of endpoints, ingresses and egresses. */
export function readVersion30(document: SpecReader, into: Components, file: string): void {
  const spec = moduleSpec(document);
  for (const [list, item] of [
    ['endpoints', 'endpoint'],
    ['ingresses', 'ingress'],
    ['egresses', 'egress'],
  ] as const) {
    for (const entry of spec.maps(list)) {
      const component = entry.map(item) ?? entry;
      const meta = component.map('meta');
      const kind = meta?.text(list === 'endpoints' ? 'kind' : 'type');
      const id = list === 'endpoints' ? undefined : meta?.text('id');
      meta?.end();
      const body = component.map('spec');
      component.end();
      if (kind === undefined || body === undefined)
        component.problem(`${component.path} needs meta.${list === 'endpoints' ? 'kind' : 'type'} and spec`);
      else readComponent(renamed[kind] ?? kind, id === undefined ? body : body.with('id', id), into, file);
    }
  }
  spec.end();
}

/**
 * Reads a document with `version: "1.0"` or `"2.0"`, or its fragment that is only a list of functions. Their protocol has changed since, so
 * the functions must be served by an SDK of version 3.
 */
export function readLegacy(document: SpecReader, into: Components, file: string): void {
  const spec = document.has('module') ? moduleSpec(document) : document;
  for (const entry of spec.maps('functions')) readFunction(entry, into, file);
  for (const entry of spec.maps('ingresses')) {
    readPort(entry, 'ingress', 'statefun.kinesis.io/routable-protobuf-ingress', (body) => {
      const ingress = readKinesisIngress(body, 'typeUrl');
      if (ingress !== undefined) into.ingress.push(ingress);
    });
  }
  for (const entry of spec.maps('egresses')) {
    readPort(entry, 'egress', 'statefun.kinesis.io/generic-egress', (body) => {
      const egress = readKinesisEgress(body);
      if (egress !== undefined) into.egress.push(egress);
    });
  }
  spec.end();
}

function moduleSpec(document: SpecReader): SpecReader {
  document.text('version');
  const module = document.map('module') ?? document;
  const meta = module.map('meta');
  const type = meta?.text('type');
  if (type !== undefined && type !== 'remote') meta?.problem(`module.meta.type is "${type}"; only remote is known`, 'type');
  meta?.end();
  const spec = module.map('spec');
  if (spec === undefined) module.problem('module.spec is missing');
  module.end();
  if (module !== document) document.end();
  return spec ?? module;
}

function readFunction(entry: SpecReader, into: Components, file: string): void {
  // The 2.x SDKs document meta and spec beside `function`; working files have them below it.
  const nested = entry.map('function');
  const component = nested?.has('spec') === true ? nested : entry;
  const meta = component.map('meta');
  const kind = meta?.text('kind');
  const type = meta?.requiredText('type');
  meta?.end();
  const spec = component.map('spec');
  component.end();
  if (spec === undefined || type === undefined) {
    component.problem(`${component.path} needs meta.type and spec`);
    return;
  }
  if (kind !== undefined && kind !== 'http') {
    meta?.problem(`${component.path} is of kind "${kind}", which no longer exists`, 'kind', 'Serve the function over HTTP, kind: http.');
    return;
  }
  spec.withoutEffect('states', 'since StateFun 3 a function declares its states itself, where it is bound, with their expiration');
  const timeout = spec.text('timeout') ?? '1m';
  const url = spec.requiredText('endpoint');
  component.warning(
    `${type} is called with the protocol of StateFun 3: serve it with an SDK of version 3; SDKs of version 2 cannot serve it`,
  );
  const converted = spec
    .with('functions', type)
    .with('urlPathTemplate', url ?? '')
    .with('timeouts', { call: timeout });
  const endpoint = readEndpointV1(converted, file);
  if (endpoint !== undefined) into.endpoints.push(endpoint);
}

function readPort(entry: SpecReader, item: 'ingress' | 'egress', known: string, read: (body: SpecReader) => void): void {
  const component = entry.map(item) ?? entry;
  const meta = component.map('meta');
  const type = meta?.text('type');
  const id = meta?.text('id');
  meta?.end();
  const spec = component.map('spec');
  component.end();
  if (type === undefined || id === undefined || spec === undefined)
    component.problem(`${component.path} needs meta.type, meta.id and spec`);
  else if (type === known) read(spec.with('id', id));
  else if (type.startsWith('statefun.kafka.io/')) {
    const hint = `Use io.statefun.kinesis.v1/${item} or io.statefun.playground.v1/${item}, or run this module on Flink.`;
    component.problem(`${type} needs a Kafka connector, which this version does not have`, undefined, hint);
  } else component.problem(`there is no ${item} of type "${type}"; there is ${known}`);
}
