import { relative } from 'node:path';
import type { AssembledApplication } from './assemble.ts';

/** Names beyond this many in a list are only counted. */
const namesMax = 8;

/** One line that says what was found, where records come from and go to, where the state is, and how long the start took. */
export function startReport(application: AssembledApplication, stateFolder: string | undefined, durationMs: number): string {
  const { functions, forwarders, ingress, egress } = application;
  const parts = [
    list('function', functions.types()),
    list('forwarder', forwarders),
    list(
      'ingress',
      ingress.map(({ name, description }) => `${name} (${description})`),
      'ingresses',
    ),
    list(
      'egress',
      egress.map(({ id, description }) => `${id} (${description})`),
      'egresses',
    ),
  ];
  const state = stateFolder === undefined ? 'in a store of its own' : `in ${relative('.', stateFolder) || stateFolder}`;
  const seconds = (durationMs / 1000).toFixed(2);
  return `started ${application.name} in ${seconds} s: ${parts.join('; ')}; embedded engine, state ${state}`;
}

function list(noun: string, names: readonly string[], plural = `${noun}s`): string {
  if (names.length === 0) return `no ${noun}`;
  const shown = names.slice(0, namesMax).join(', ');
  const rest = names.length > namesMax ? ` and ${names.length - namesMax} more` : '';
  return `${names.length} ${names.length === 1 ? noun : plural}: ${shown}${rest}`;
}
