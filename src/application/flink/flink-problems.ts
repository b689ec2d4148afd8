import { StatefunError } from '../../shared/errors.ts';
import type { AssembledApplication } from '../assemble.ts';
import type { FlinkEgresses } from './flink-egress.ts';
import { deadLetterEgressId, routerType } from './flink-names.ts';

type Parts = Pick<AssembledApplication, 'name' | 'functions' | 'egress' | 'ingress'>;

/** Returns the reasons why an application cannot be served to a cluster, each as a sentence. */
export function servingProblems({ name, functions, egress }: Parts, egresses: FlinkEgresses, playground: boolean): readonly string[] {
  const policies = functions.types().flatMap((type) => {
    const onFailure = functions.get(type)?.definition.policy.onFailure;
    if (onFailure === undefined || onFailure === 'dead-letter' || onFailure === 'skip') return [];
    return [`function "${type}" has onFailure "${onFailure}": a cluster does not support it; use "dead-letter" or "skip".`];
  });
  const unwritable = egress.filter((port) => !playground && port.cluster === undefined);
  const ports = unwritable.map(({ id, description }) => `egress "${id}" (${description}) is not one that a cluster can write.`);
  const names = [routerType(name), deadLetterEgressId(name)]
    .filter((taken) => functions.has(taken) || egress.some(({ id }) => id === taken))
    .map((taken) => `"${taken}" is a name that the framework uses in a cluster: choose another name for the application or the part.`);
  const deadLetters =
    playground || egresses.deadLetters !== undefined || unwritable.length > 0
      ? []
      : ['dead letters need a Kinesis stream: declare a Kinesis ingress or egress.'];
  return [...policies, ...ports, ...names, ...deadLetters];
}

/** Returns the reasons why a cluster cannot run an application, besides {@link servingProblems}. */
export function moduleProblems({ ingress }: Parts, playground: boolean): readonly string[] {
  if (ingress.length === 0) return ['there is no ingress: a cluster needs at least one.'];
  const unreadable = ingress.filter((port) => !playground && port.cluster === undefined);
  return unreadable.map(({ id, description }) => `ingress "${id}" (${description}) is not one that a cluster can read.`);
}

/** Creates one error for all reasons. */
export function flinkUnsupported(application: string, problems: readonly string[]): StatefunError {
  const lines = problems.map((problem) => `\n  - ${problem}`);
  return new StatefunError('FLINK_UNSUPPORTED', `application "${application}" cannot run on Flink:${lines.join('')}`, {
    facts: { application, problems },
  });
}
