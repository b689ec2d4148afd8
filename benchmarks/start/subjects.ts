import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A program whose start is measured. It writes one line, `{"cpuMs": …}`, to its file descriptor 3. */
export interface StartSubject {
  readonly name: string;
  /** Parameters of Node. */
  readonly parameters: readonly string[];
  readonly folder: string;
  /** Removes what a start before has left. */
  prepare(): void;
}

const report = 'writeSync(3, JSON.stringify({ cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1000 }))';

/** Loaded before a program: reports when it ends. */
const reportAtEnd = `import { writeSync } from 'node:fs';\nprocess.on('exit', () => ${report});\n`;

/**
 * The greeter, one event, and an egress that reports when it gets the first record, which has been committed and synced by then. The process ends
 * with the end of the file.
 */
const applicationText = (statefun: URL, greeter: URL): string => `
import { writeSync } from 'node:fs';
import { defineApplication, fileIngress } from '${new URL('dist/index.js', statefun).href}';
const egress = {
  id: 'example/greetings',
  description: 'the benchmark',
  async start() {},
  async send() { ${report}; return []; },
  async stop() {},
};
export default defineApplication({
  scan: [new URL('functions/', '${greeter.href}'), new URL('forwarders/', '${greeter.href}')],
  ingress: [fileIngress({ id: 'visitors', path: new URL('./events.jsonl', import.meta.url).pathname, follow: false })],
  egress: [egress],
});
`;

const event =
  '{"specversion":"1.0","id":"e1","source":"/gate","type":"example.visitor-came","time":"2026-01-01T00:00:00Z","data":{"name":"Ada"}}\n';

/** The starts of one build of the package. `label` is put before their names. */
export function createSubjects(packageFolder: string, folder: string, label = ''): readonly StartSubject[] {
  mkdirSync(folder, { recursive: true });
  const statefun = pathToFileURL(join(packageFolder, '/'));
  const command = join(packageFolder, 'bin', 'statefun.js');
  writeFileSync(join(folder, 'report.mjs'), reportAtEnd);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'start', type: 'module', main: 'application.js' }));
  writeFileSync(join(folder, 'application.js'), applicationText(statefun, new URL('examples/greeter/dist/src/', statefun)));
  writeFileSync(join(folder, 'events.jsonl'), event);
  const atEnd = ['--import', join(folder, 'report.mjs')];
  const subject = (name: string, parameters: readonly string[]): StartSubject => ({
    name: `${label}${name}`,
    parameters,
    folder,
    prepare: () => rmSync(join(folder, '.statefun'), { recursive: true, force: true }),
  });
  return [
    subject('statefun --version, to the end', [...atEnd, command, '--version']),
    subject('statefun run, to the first event', [command, 'run', '.', '--until-finished']),
    subject('statefun play, to the end', [...atEnd, command, 'play', '.', '--events', 'events.jsonl']),
  ];
}

/** Node with a program that does nothing: no start takes less. */
export function createEmptySubject(folder: string): StartSubject {
  return { name: 'node alone, to the end', parameters: [join(folder, 'report.mjs')], folder, prepare: () => undefined };
}
