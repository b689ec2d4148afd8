import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const projectFolder = join(import.meta.dirname, '..', '..');
const config = join(projectFolder, '.dependency-cruiser.cjs');

/** What may be imported in the tree of the test, and must not be reported. */
const allowed: Readonly<Record<string, string>> = {
  'src/index.ts': "import './application/running/run.ts';\nimport 'inversify';",
  'src/kinesis.ts': "import './connectors/kinesis/ingress.ts';",
  'src/shared/clock.ts': 'export const clock = 1;',
  'src/shared/metadata.ts': "import 'reflect-metadata';",
  'src/envelope/codec.ts': "import '../shared/clock.ts';\nimport 'protobufjs';\nimport 'cloudevents';",
  'src/functions/attempt.ts': "import '../envelope/codec.ts';\nimport '../shared/metadata.ts';",
  'src/storage/store.ts': "import '../shared/clock.ts';",
  'src/storage/log-store.ts': "import './store.ts';\nimport './format/entry.ts';\nimport './folder/lock.ts';",
  'src/storage/format/entry.ts': "import '../store.ts';",
  'src/storage/folder/lock.ts': "import '../format/entry.ts';",
  'src/storage/threads/reader-worker.ts': "import '../format/entry.ts';",
  'src/engine/engine.ts': "import './partition/partition.ts';\nimport './commit/pipeline.ts';\nimport '../storage/log-store.ts';",
  'src/engine/partition/partition.ts': "import '../../functions/attempt.ts';\nimport '../../storage/store.ts';",
  'src/engine/commit/pipeline.ts': "import '../partition/partition.ts';",
  'src/connectors/kinesis/ingress.ts': "import '../../envelope/codec.ts';\nimport '@aws-sdk/client-kinesis';\nimport 'kinesis-local';",
  'src/connectors/memory/queue.ts': "import '../../shared/clock.ts';",
  'src/injection/container.ts': "import 'inversify';\nimport '../shared/clock.ts';",
  'src/application/running/run.ts':
    "import 'pino';\nimport '../../injection/container.ts';\nimport '../../engine/engine.ts';\nimport '../../connectors/memory/queue.ts';",
  'src/application/from-module-file/kinesis.ts': "import '../../connectors/kinesis/ingress.ts';",
  'src/testing/harness.ts': "import '../engine/engine.ts';\nimport '../application/running/run.ts';",
  'src/cli/play.ts': "import '../testing/harness.ts';\nimport 'commander';",
  'examples/cart/src/application.ts': "import 'statefun';\nimport 'statefun/kinesis';\nimport './events.ts';",
  'examples/cart/src/events.ts': 'export const event = 1;',
  'benchmarks/run.ts': "import 'statefun/testing';",
};

interface Offence {
  readonly rule: string;
  readonly file: string;
  readonly code: string;
}

/** One file for each forbidden kind of import, and the rule that must name it. */
const offences: readonly Offence[] = [
  { rule: 'shared-imports-only-what-it-may', file: 'src/shared/upwards.ts', code: "import '../envelope/codec.ts';" },
  { rule: 'envelope-imports-only-what-it-may', file: 'src/envelope/upwards.ts', code: "import '../functions/attempt.ts';" },
  { rule: 'state-imports-only-what-it-may', file: 'src/state/upwards.ts', code: "import '../envelope/codec.ts';" },
  { rule: 'functions-imports-only-what-it-may', file: 'src/functions/upwards.ts', code: "import '../engine/partition/partition.ts';" },
  { rule: 'forwarders-imports-only-what-it-may', file: 'src/forwarders/upwards.ts', code: "import '../engine/partition/partition.ts';" },
  { rule: 'ingress-imports-only-what-it-may', file: 'src/ingress/upwards.ts', code: "import '../functions/attempt.ts';" },
  { rule: 'egress-imports-only-what-it-may', file: 'src/egress/upwards.ts', code: "import '../functions/attempt.ts';" },
  { rule: 'storage-imports-only-what-it-may', file: 'src/storage/upwards.ts', code: "import '../envelope/codec.ts';" },
  { rule: 'checkpoints-imports-only-what-it-may', file: 'src/checkpoints/upwards.ts', code: "import '../engine/engine.ts';" },
  { rule: 'storage/format-imports-only-what-it-may', file: 'src/storage/format/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'storage/segments-imports-only-what-it-may', file: 'src/storage/segments/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'storage/threads-imports-only-what-it-may', file: 'src/storage/threads/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'storage/index-imports-only-what-it-may', file: 'src/storage/index/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'storage/compaction-imports-only-what-it-may', file: 'src/storage/compaction/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'storage/folder-imports-only-what-it-may', file: 'src/storage/folder/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'storage/snapshot-imports-only-what-it-may', file: 'src/storage/snapshot/upwards.ts', code: "import '../log-store.ts';" },
  { rule: 'engine/partition-imports-only-what-it-may', file: 'src/engine/partition/clock.ts', code: "import '../commit/pipeline.ts';" },
  { rule: 'engine/partition-imports-only-what-it-may', file: 'src/engine/partition/disk.ts', code: "import '../../storage/log-store.ts';" },
  { rule: 'engine/ingress-imports-only-what-it-may', file: 'src/engine/ingress/upwards.ts', code: "import '../engine.ts';" },
  { rule: 'engine/egress-imports-only-what-it-may', file: 'src/engine/egress/upwards.ts', code: "import '../engine.ts';" },
  { rule: 'engine/commit-imports-only-what-it-may', file: 'src/engine/commit/upwards.ts', code: "import '../engine.ts';" },
  { rule: 'engine/recovery-imports-only-what-it-may', file: 'src/engine/recovery/upwards.ts', code: "import '../engine.ts';" },
  { rule: 'engine/report-imports-only-what-it-may', file: 'src/engine/report/upwards.ts', code: "import '../engine.ts';" },
  { rule: 'engine-imports-only-what-it-may', file: 'src/engine/connector.ts', code: "import '../connectors/memory/queue.ts';" },
  { rule: 'engine-imports-only-what-it-may', file: 'src/engine/type.ts', code: "import type {} from '../connectors/memory/queue.ts';" },
  {
    rule: 'request-reply-imports-only-what-it-may',
    file: 'src/request-reply/engine.ts',
    code: "import '../engine/partition/partition.ts';",
  },
  { rule: 'connectors-imports-only-what-it-may', file: 'src/connectors/file/engine.ts', code: "import '../../engine/engine.ts';" },
  { rule: 'injection-imports-only-what-it-may', file: 'src/injection/upwards.ts', code: "import '../application/running/run.ts';" },
  { rule: 'configuration-imports-only-what-it-may', file: 'src/configuration/upwards.ts', code: "import '../injection/container.ts';" },
  { rule: 'state-tools-imports-only-what-it-may', file: 'src/state-tools/upwards.ts', code: "import '../application/running/run.ts';" },
  { rule: 'application-imports-only-what-it-may', file: 'src/application/kinesis.ts', code: "import '../connectors/kinesis/ingress.ts';" },
  {
    rule: 'application/from-module-file-imports-only-what-it-may',
    file: 'src/application/from-module-file/testing.ts',
    code: "import '../../testing/harness.ts';",
  },
  { rule: 'testing-imports-only-what-it-may', file: 'src/testing/cli.ts', code: "import '../cli/play.ts';" },
  { rule: 'simulation-imports-only-what-it-may', file: 'src/simulation/cli.ts', code: "import '../cli/play.ts';" },
  { rule: 'cli-imports-only-what-it-may', file: 'src/cli/engine.ts', code: "import '../engine/engine.ts';" },
  { rule: 'sources-import-only-known-folders', file: 'src/helpers/anything.ts', code: "import '../shared/clock.ts';" },
  { rule: 'entry-files-are-not-imported', file: 'src/engine/entry.ts', code: "import '../index.ts';" },
  { rule: 'sources-import-only-sources', file: 'src/engine/test.ts', code: "import '../../test/fixture.ts';" },
  { rule: 'sources-import-no-development-dependency', file: 'src/engine/tool.ts', code: "import 'fast-check';" },
  { rule: 'sources-import-only-declared-packages', file: 'src/engine/lucky.ts', code: "import 'undeclared';" },
  { rule: 'testing-is-for-any-test-runner', file: 'src/testing/jest.ts', code: "import '@jest/globals';" },
  { rule: 'inversify-stays-in-injection', file: 'src/functions/inversify.ts', code: "import 'inversify';" },
  { rule: 'inversify-stays-in-injection', file: 'src/functions/inversify-core.ts', code: "import '@inversifyjs/core';" },
  { rule: 'reflect-metadata-stays-in-shared', file: 'src/shared/reflect.ts', code: "import 'reflect-metadata';" },
  { rule: 'protobufjs-stays-in-codecs', file: 'src/engine/protobuf.ts', code: "import 'protobufjs';" },
  { rule: 'cloudevents-stays-in-envelope', file: 'src/engine/cloudevents.ts', code: "import 'cloudevents';" },
  { rule: 'aws-stays-in-its-rooms', file: 'src/connectors/file/aws.ts', code: "import '@aws-sdk/client-kinesis';" },
  { rule: 'aws-stays-in-its-rooms', file: 'src/connectors/file/smithy.ts', code: "import '@smithy/node-http-handler';" },
  { rule: 'kinesis-local-stays-in-kinesis', file: 'src/testing/kinesis.ts', code: "import 'kinesis-local';" },
  { rule: 'pino-stays-in-application', file: 'src/engine/pino.ts', code: "import 'pino';" },
  { rule: 'commander-stays-in-cli', file: 'src/application/commander.ts', code: "import 'commander';" },
  { rule: 'no-unresolvable', file: 'src/engine/typing-error.ts', code: "import './partitoin.ts';" },
  { rule: 'examples-use-published-names', file: 'examples/cart/src/relative.ts', code: "import '../../../src/index.ts';" },
  { rule: 'examples-use-published-names', file: 'benchmarks/relative.ts', code: "import '../src/index.ts';" },
  { rule: 'examples-use-published-entries', file: 'benchmarks/inside.ts', code: "import '../src/engine/partition/partition.ts';" },
  { rule: 'examples-import-only-themselves', file: 'examples/cart/src/neighbour.ts', code: "import '../../other/src/events.ts';" },
  {
    rule: 'optional-clients-load-with-their-entry',
    file: 'src/testing.ts',
    code: "import './testing/harness.ts';\nimport './connectors/kinesis/ingress.ts';",
  },
  { rule: 'no-circular', file: 'src/engine/circle-a.ts', code: "import './circle-b.ts';" },
];

const supporting: Readonly<Record<string, string>> = {
  'src/engine/circle-b.ts': "import './circle-a.ts';",
  'examples/other/src/events.ts': 'export const event = 1;',
  'test/fixture.ts': 'export const fixture = 1;',
};

const packages = {
  dependencies: ['inversify', '@inversifyjs/core', 'reflect-metadata', 'protobufjs', 'cloudevents', 'pino', 'commander'],
  peerDependencies: ['@aws-sdk/client-kinesis', '@smithy/node-http-handler', 'kinesis-local'],
  devDependencies: ['fast-check', '@jest/globals', '@aws-sdk/client-kinesis', '@smithy/node-http-handler', 'kinesis-local'],
  undeclared: ['undeclared'],
};

const asDependencies = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, '1.0.0']));

const exportsField = Object.fromEntries(
  ['index', 'testing', 'kinesis'].map((entry) => [
    entry === 'index' ? '.' : `./${entry}`,
    { '@statefun/source': `./src/${entry}.ts`, default: `./dist/${entry}.js` },
  ]),
);

let folder: string;

/** Rule and file of everything reported about the tree. */
interface Report {
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[];
  };
}
let violations: Report['summary']['violations'];

function writeTree(files: Readonly<Record<string, string>>): void {
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), `${code}\n`);
  }
}

function writePackages(): void {
  for (const name of new Set(Object.values(packages).flat())) {
    writeTree({
      [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', type: 'module', exports: { '.': './index.js' } }),
      [`node_modules/${name}/index.js`]: 'export {};',
    });
  }
  symlinkSync('..', join(folder, 'node_modules', 'statefun'));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-import-rules-'));
  writeTree({
    'package.json': JSON.stringify({
      name: 'statefun',
      type: 'module',
      exports: exportsField,
      dependencies: asDependencies(packages.dependencies),
      peerDependencies: asDependencies(packages.peerDependencies),
      peerDependenciesMeta: Object.fromEntries(packages.peerDependencies.map((name) => [name, { optional: true }])),
      devDependencies: asDependencies(packages.devDependencies),
    }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'NodeNext', target: 'ES2022', allowImportingTsExtensions: true, noEmit: true },
    }),
    ...allowed,
    ...supporting,
    ...Object.fromEntries(offences.map(({ file, code }) => [file, code])),
  });
  writePackages();
  const command = join(projectFolder, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const run = spawnSync(process.execPath, [command, '--config', config, '--output-type', 'json', 'src', 'examples', 'benchmarks'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.stdout === '') throw new Error(`dependency-cruiser printed nothing: ${run.stderr}`);
  violations = (JSON.parse(run.stdout) as Report).summary.violations;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the import rules', () => {
  it.each(offences)('report $file by the name $rule', ({ rule, file }) => {
    expect(violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('have an offence here, each of them', () => {
    const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: readonly { readonly name: string }[] };
    const shown = new Set([...offences.map(({ rule }) => rule), 'no-dead-files']);
    expect(forbidden.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('report a file that no entry point reaches', () => {
    const dead = violations.filter((violation) => violation.rule.name === 'no-dead-files').map((violation) => violation.to);
    expect(dead).toContain('src/engine/tool.ts');
    expect(dead).not.toContain('src/engine/partition.ts');
    expect(dead).not.toContain('src/storage/threads/reader-worker.ts');
  });

  it('are silent about everything the table allows', () => {
    const allowedFiles = new Set(Object.keys(allowed));
    expect(violations.filter((violation) => allowedFiles.has(violation.from) && violation.rule.name !== 'no-dead-files')).toEqual([]);
  });
});
