import { stringify } from 'yaml';
import type { AssembledApplication } from '../assemble.ts';
import { flinkEgresses } from './flink-functions.ts';
import { playgroundTopic, recordTypename, routerType } from './flink-names.ts';
import { flinkUnsupported, moduleProblems, servingProblems } from './flink-problems.ts';

export interface ModuleFileOptions {
  /** Where the cluster reaches the served functions. */
  readonly url: string;
  /** Most messages in one call. */
  readonly batchMessagesMax: number;
  /** Uses the ingress and egress of StateFun's playground in place of the streams. */
  readonly playground: boolean;
}

interface Component {
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Ports of the playground, as in StateFun's examples. */
const playgroundPorts = { ingress: 8090, egress: 8091 } as const;

/** Returns the module file of an application in format 3.1, one document for each component. Throws FLINK_UNSUPPORTED with every reason. */
export function moduleFileText(application: AssembledApplication, options: ModuleFileOptions): string {
  const { name, wiring } = application;
  const { playground } = options;
  const egresses = flinkEgresses(application, playground);
  const problems = [...servingProblems(application, egresses, playground), ...moduleProblems(application, playground)];
  if (problems.length > 0) throw flinkUnsupported(name, problems);
  const types = [...wiring.functions.map(({ type }) => type), routerType(name)];
  const components = [
    ...types.map((type) => endpoint(type, options)),
    ...(playground ? playgroundPair(application) : streams(application)),
  ];
  const remote = wiring.remote.map(
    ({ functions, description }) => `# "${functions}" is served elsewhere (${description}): add its endpoint.\n`,
  );
  return `# Written by "statefun module" for ${name}.\n${remote.join('')}${components.map((component) => stringify(component)).join('---\n')}`;
}

function endpoint(functions: string, { url, batchMessagesMax }: ModuleFileOptions): Component {
  return { kind: 'io.statefun.endpoints.v2/http', spec: { functions, urlPathTemplate: url, maxNumBatchRequests: batchMessagesMax } };
}

function streams(application: AssembledApplication): readonly Component[] {
  const targets = [routerType(application.name)];
  const ingress = application.ingress.flatMap((port) => {
    const cluster = port.cluster?.();
    if (cluster === undefined) return [];
    return [
      {
        kind: cluster.kind,
        spec: { id: ingressId(application.name, port.id), ...cluster.spec({ valueType: recordTypename(port), targets }) },
      },
    ];
  });
  const egresses = flinkEgresses(application, false);
  const all = [...egresses.list(), ...(egresses.deadLetters === undefined ? [] : [egresses.deadLetters])];
  return [...ingress, ...all.map(({ id, kind, spec }) => ({ kind, spec: { id, ...spec } }))];
}

function playgroundPair({ egress }: AssembledApplication): readonly Component[] {
  const topics = [...new Set([...egress.map(({ id }) => playgroundTopic(id)), 'dead-letters'])];
  return [
    { kind: 'io.statefun.playground.v1/ingress', spec: { port: playgroundPorts.ingress } },
    { kind: 'io.statefun.playground.v1/egress', spec: { port: playgroundPorts.egress, topics } },
  ];
}

/** Returns the id of an ingress. The name of an ingress is free text, an id is not. */
function ingressId(application: string, name: string): string {
  return `${routerType(application).split('/', 1)[0] ?? application}/${name.replace(/[^A-Za-z0-9._-]+/g, '-')}`;
}
