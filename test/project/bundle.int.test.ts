import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The bundled package in a project of its own, with nothing beside it but its dependencies. Needs `npm run build`, and no registry.

const projectFolder = join(import.meta.dirname, '..', '..');

let folder: string;
let packageFolder: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const application = `
import { defineApplication, fileIngress, StatefunError } from 'statefun';

export const pricing = Symbol.for('shop/pricing');

/** A connector of the project's own. */
class PrintingEgress {
  id = 'shop/receipts';
  description = 'standard output';
  async start() {}
  async send(records) {
    for (const { data } of records) console.log(data);
    return [];
  }
  async stop() {}
}

const unknown = new StatefunError('NO_CALLER', 'only for the comparison');
console.error('is', StatefunError.is(unknown));
export default defineApplication({
  name: 'shop',
  scan: [new URL('./parts/', import.meta.url)],
  providers: [{ provide: pricing, useValue: { double: (price) => price * 2 } }],
  ingress: [fileIngress({ id: 'orders', path: new URL('./orders.jsonl', import.meta.url).pathname, follow: false })],
  egress: [new PrintingEgress()],
});
`;

const parts = `
import { inject as injectOfPackage } from 'inversify';
import { eventType, Forwarder, Handles, inject, LoggerToken, Persisted, PersistedValue, StatefunError, StatefunFunction } from 'statefun';
import { int32Type } from 'statefun/state-types';

export const ordered = eventType('shop.ordered');

export class Till {
  constructor(pricing, logger) {
    this.pricing = pricing;
    this.logger = logger;
    this.sold = PersistedValue.of({ type: int32Type() });
  }
  onOrdered(event, context) {
    if (event.data.price < 0) throw new StatefunError('INVALID_EVENT_DATA', 'a price below 0');
    this.sold.set((this.sold.get() ?? 0) + 1);
    this.logger.info('sold');
    context.egress('shop/receipts', { type: 'shop.receipt', data: { sold: this.sold.get(), price: this.pricing.double(event.data.price) } });
  }
}
// A compiler writes decorators like this. One of them is that of the package of the container.
Persisted()(Till.prototype, 'sold');
Handles(ordered)(Till.prototype, 'onOrdered', Object.getOwnPropertyDescriptor(Till.prototype, 'onOrdered'));
injectOfPackage(Symbol.for('shop/pricing'))(Till, undefined, 0);
inject(LoggerToken)(Till, undefined, 1);
StatefunFunction('shop/till', { retry: { attemptsMax: 1 } })(Till);

export class Orders {
  forward(event, downstream) {
    downstream.send('shop/till', 't1', event);
  }
}
Forwarder(ordered)(Orders);
`;

const orders = [2, -1, 3].map((price, index) =>
  JSON.stringify({
    specversion: '1.0',
    id: `o${index}`,
    source: '/shop',
    type: 'shop.ordered',
    time: '2026-01-01T00:00:00Z',
    data: { price },
  }),
);

/** Writes the URL of every module that is loaded, and at the end what was required, to standard error. */
const tracer = `
import { createRequire, register } from 'node:module';
const hooks = 'export async function load(url, context, next) { process._rawDebug("loaded " + url); return next(url, context); }';
register('data:text/javascript,' + encodeURIComponent(hooks));
const { cache } = createRequire(import.meta.url);
process.on('exit', () => { for (const path of Object.keys(cache)) process._rawDebug('loaded file://' + path); });
`;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'statefun-bundle-')));
  packageFolder = join(folder, 'node_modules', 'statefun');
  for (const path of ['dist', 'bin', 'src', 'examples/greeter', 'package.json'])
    cpSync(join(projectFolder, path), join(packageFolder, path), {
      recursive: true,
      filter: (from) => !/greeter\/(?:dist|node_modules)/.test(from),
    });
  const { dependencies } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(projectFolder, 'node_modules', name), join(folder, 'node_modules', name));
  }
  write('package.json', JSON.stringify({ name: 'shop', type: 'module', main: 'application.js' }));
  write('application.js', application);
  write('parts/till.js', parts);
  write('orders.jsonl', `${orders.join('\n')}\n`);
  write('tracer.mjs', tracer);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function statefun(options: readonly string[], ...parameters: readonly string[]): Run {
  rmSync(join(folder, '.statefun'), { recursive: true, force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, join(packageFolder, 'bin', 'statefun.js'), ...parameters], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: '', LOG_LEVEL: 'info' },
  });
  return { status, out: stdout, err: stderr };
}

/** Paths of the files that a command loads, relative to the project. */
function loadedBy(...parameters: readonly string[]): readonly string[] {
  const { err } = statefun(['--import', join(folder, 'tracer.mjs')], ...parameters);
  const urls = [...err.matchAll(/^loaded (file:.*)$/gm)].map(([, url = '']) => fileURLToPath(url));
  return [...new Set(urls)].filter((path) => !path.endsWith('tracer.mjs')).map((path) => path.replace(`${folder}/`, ''));
}

const bytesOf = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + readFileSync(join(folder, path)).byteLength, 0);

describe('the bundled package', () => {
  it('runs the classes of a project: the command line and the project use one copy of the framework', () => {
    const { status, out, err } = statefun([], 'run', '.', '--until-finished');

    expect({ status, err }).toMatchObject({ status: 0, err: expect.stringContaining('is true') as unknown });
    const receipts = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { data: unknown }).data);
    expect(receipts).toEqual([
      { sold: 1, price: 4 },
      { sold: 2, price: 6 },
    ]);
    expect(err).toMatch(/"functions\.shop\/till".*"sold"|"sold".*"functions\.shop\/till"/);
  });

  it('keeps the code of an error that a function of the project throws', () => {
    statefun([], 'run', '.', '--until-finished');
    const { out } = runState('dead-letters', 'list', '--json');

    expect(out).toContain('INVALID_EVENT_DATA');
  });

  it.each(readdirSync(join(projectFolder, 'src')).filter((name) => name.endsWith('.ts')))('exports what src/%s exports', async (name) => {
    const [built, source] = (await Promise.all([
      import(join(projectFolder, 'dist', name.replace('.ts', '.js'))),
      import(join(projectFolder, 'src', name)),
    ])) as [object, object];

    expect(Object.keys(built).sort()).toEqual(Object.keys(source).sort());
  });

  it('plays events on the classes of a project', () => {
    const { status, out } = statefun([], 'play', '.', '--events', 'orders.jsonl', '--allow-dead-letters');

    expect(status).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(2);
  });

  it('asks Node to keep compiled code before it loads anything but that', () => {
    write(
      'keeping.mjs',
      "import module from 'node:module';\nmodule.enableCompileCache = (folder) => process._rawDebug(`loaded file://${folder}`);\n",
    );
    const { err } = statefun(['--import', join(folder, 'tracer.mjs'), '--import', join(folder, 'keeping.mjs')], '--version');
    const loaded = [...err.matchAll(/^loaded file:\/\/(.*)$/gm)].map(([, path = '']) => path);
    const before = loaded.slice(0, loaded.indexOf(join(packageFolder, 'node_modules', '.cache', 'statefun')));

    expect(before).toContain(join(packageFolder, 'dist', 'cli.js'));
    expect(before.filter((path) => path.endsWith('/main.js'))).toEqual([]);
    expect(loaded.some((path) => path.endsWith('/main.js'))).toBe(true);
  });

  it('loads little for the version: no engine, no container, no connector', () => {
    const loaded = loadedBy('--version');

    expect(loaded).toContain('node_modules/statefun/dist/cli.js');
    expect(loaded.filter((path) => !path.startsWith('node_modules/statefun/'))).toEqual([]);
    expect(bytesOf(loaded)).toBeLessThan(200_000);
  });

  it('loads nothing but the framework and the project to run it, in few files', () => {
    const loaded = loadedBy('run', '.', '--until-finished');
    const ofPackage = loaded.filter((path) => path.startsWith('node_modules/statefun/'));

    expect(ofPackage).toContain('node_modules/statefun/dist/chunks/run.js');
    expect(ofPackage.length).toBeLessThan(30);
    // The project imports the package of the container. Nothing else brings in packages: no AWS SDK, no cloudevents, no YAML.
    expect(loaded.filter((path) => /(?:aws-sdk|smithy|kinesis|cloudevents|ajv|yaml|commander|pino|protobufjs)/.test(path))).toEqual([]);
    const otherCommands =
      /chunks\/(?:kinesis[^/]*|serve[^/]*|serving|create|dev|graph|module|check|send|play|state[^/]*|testing|load-module-file)\.js$/;
    expect(ofPackage.filter((path) => otherCommands.test(path))).toEqual([]);
  });

  it('names files of the package in the frames of an error', () => {
    write('broken/package.json', JSON.stringify({ name: 'broken', type: 'module', main: 'application.js' }));
    write(
      'broken/application.js',
      "import { defineApplication } from 'statefun';\nexport default defineApplication({ name: 'broken' });\n",
    );

    const frames = (options: readonly string[]): string[] => {
      const { status, err } = statefun(options, '--debug', 'run', 'broken');
      expect(status).toBe(1);
      return [...err.matchAll(/^\s+at .*?\(?(?:file:\/\/)?(\/[^():]+):\d+:\d+\)?$/gm)]
        .map(([, path = '']) => path)
        .filter((path) => path.includes('/node_modules/statefun/'));
    };

    const [built, mapped] = [frames([]), frames(['--enable-source-maps'])];
    expect(built.some((path) => path.includes('/dist/chunks/'))).toBe(true);
    expect(mapped.some((path) => path.endsWith('/src/application/assemble.ts'))).toBe(true);
    expect([...built, ...mapped].filter((path) => !existsSync(path))).toEqual([]);
  });

  it('holds the licence of every package that is copied into it', () => {
    const chunks = readdirSync(join(packageFolder, 'dist', 'chunks')).filter((name) => /^packages-.*\.js$/.test(name));
    const regions = chunks.flatMap((name) => [
      ...readFileSync(join(packageFolder, 'dist', 'chunks', name), 'utf8').matchAll(/node_modules\/((?:@[\w-]+\/)?[\w-]+)\//g),
    ]);
    const copied = new Set(regions.map(([, name = '']) => name));
    const licences = readFileSync(join(packageFolder, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');

    expect(copied.size).toBeGreaterThan(5);
    expect([...copied].filter((name) => !licences.includes(`${name} `))).toEqual([]);
  });
});

function runState(...parameters: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageFolder, 'bin', 'statefun.js'), 'state', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}
