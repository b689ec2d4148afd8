import type { PlaygroundEgressSpec, PlaygroundIngressSpec } from './module-description.ts';
import type { SpecReader } from './spec-reader.ts';

/** Reads an ingress of the kind `io.statefun.playground.v1/ingress`. */
export function readPlaygroundIngress(spec: SpecReader): PlaygroundIngressSpec | undefined {
  const port = readPort(spec);
  const host = readHost(spec);
  spec.end();
  return port === undefined ? undefined : { kind: 'playground', port, ...host };
}

/** Reads an egress of the kind `io.statefun.playground.v1/egress`. */
export function readPlaygroundEgress(spec: SpecReader): PlaygroundEgressSpec | undefined {
  const port = readPort(spec);
  const topics = spec.texts('topics');
  if (topics.length === 0) spec.problem(`${spec.path}.topics names no topic`, 'topics');
  for (const topic of topics)
    if (topic.includes('/')) spec.problem(`${spec.path}.topics names "${topic}", which no path can request`, 'topics');
  const host = readHost(spec);
  spec.end();
  return port === undefined ? undefined : { kind: 'playground', port, topics, ...host };
}

function readPort(spec: SpecReader): number | undefined {
  const port = spec.integer('port');
  if (port === undefined && !spec.has('port')) spec.problem(`${spec.path}.port is missing`);
  if (port === undefined || port <= 65_535) return port;
  spec.problem(`${spec.path}.port is ${port}; ports end at 65535`, 'port');
  return undefined;
}

/** Reads the host, a setting of this engine: StateFun's playground listens on every interface. */
function readHost(spec: SpecReader): { readonly host?: string } {
  const engine = spec.map('engine');
  const host = engine?.text('host');
  engine?.end();
  return host === undefined ? {} : { host };
}
