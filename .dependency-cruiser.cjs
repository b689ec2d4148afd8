// The architecture, as rules: each room of src/ may import itself and the rooms listed here. Rooms that are listed with a slash are parts of a
// larger one, with a list of their own. test/project/import-rules.test.ts shows that every rule fires.
const core = ['shared', 'envelope', 'state', 'functions', 'forwarders', 'ingress', 'egress'];
const storePort = 'storage/store\\.ts';

const mayImport = {
  shared: [],
  envelope: ['shared'],
  state: ['shared'],
  functions: ['shared', 'envelope', 'state'],
  forwarders: ['shared', 'envelope'],
  ingress: ['shared', 'envelope'],
  egress: ['shared', 'envelope'],

  // The files directly in storage/ are the port and what all parts share (store, disk, errors, limits), and the stores made of the parts.
  storage: ['shared'],
  'storage/format': ['shared', storageBase()],
  'storage/segments': ['shared', storageBase(), 'storage/format'],
  'storage/threads': ['shared', storageBase(), 'storage/format', 'storage/segments'],
  'storage/index': ['shared', storageBase(), 'storage/format', 'storage/segments', 'storage/threads'],
  'storage/compaction': ['shared', storageBase(), 'storage/format', 'storage/segments', 'storage/threads', 'storage/index'],
  'storage/folder': ['shared', storageBase(), 'storage/format', 'storage/segments', 'storage/index'],
  'storage/snapshot': ['shared', storageBase(), 'storage/format', 'storage/segments', 'storage/index', 'storage/folder'],

  checkpoints: ['shared', 'storage'],

  // The partition is deterministic: it imports no driver, no clock and no input or output of the engine, and of storage only the port.
  'engine/partition': [...core, storePort],
  'engine/ingress': [...core, 'engine/partition'],
  'engine/egress': [...core, 'engine/partition'],
  'engine/commit': [...core, storePort, 'engine/partition'],
  'engine/recovery': [...core, 'storage', 'engine/partition', 'engine/ingress'],
  'engine/report': [...core, 'engine/partition', 'engine/ingress', 'engine/egress', 'engine/commit'],
  engine: [...core, 'storage'],

  'request-reply': ['shared', 'envelope', 'state', 'functions'],
  connectors: ['shared', 'envelope', 'ingress', 'egress'],
  injection: ['shared', 'state', 'functions', 'forwarders'],
  configuration: ['shared', 'envelope/standard-schema\\.ts', 'engine/partition/limits\\.ts', 'storage/store-limits\\.ts'],
  'state-tools': ['shared', 'envelope', 'state', 'ingress', 'storage', 'engine'],
  application: [
    ...core,
    'storage',
    'checkpoints',
    'engine',
    'request-reply',
    'connectors/(?:memory|file)/',
    'injection',
    'configuration',
    'state-tools',
  ],
  // Loaded for a module.yaml alone, so an application that names no Kinesis does not need its client.
  'application/from-module-file': ['shared', 'envelope', 'ingress', 'egress', 'request-reply', 'connectors', 'application'],
  testing: [...core, 'storage', 'engine', 'request-reply', 'connectors', 'injection', 'configuration', 'application'],
  simulation: [...core, 'storage', 'engine', 'injection', 'application', 'testing'],
  cli: ['shared', 'envelope', 'configuration', 'state-tools', 'application', 'testing', 'checkpoints'],
};

function storageBase() {
  return 'storage/(?:store|disk|permissions|store-errors|store-limits)\\.ts';
}

const rooms = Object.keys(mayImport);
const pathOf = (room) => (room.endsWith('.ts') || room.endsWith('/') ? room : `${room}/`);

const folderRules = rooms.map((room) => {
  const parts = rooms.filter((other) => other.startsWith(`${room}/`));
  return {
    name: `${room}-imports-only-what-it-may`,
    severity: 'error',
    comment: `src/${room}/ may import only: ${mayImport[room].join(', ') || 'nothing else in src/'}. What you need lives in the wrong folder, or the idea does.`,
    from: { path: `^src/${room}/`, ...(parts.length === 0 ? {} : { pathNot: `^src/(?:${parts.join('|')})/` }) },
    to: { path: '^src/[^/]+/', pathNot: `^src/(?:${[room, ...mayImport[room]].map(pathOf).join('|')})` },
  };
});

/** A third party stays in one room, so that it can be replaced by changing one room. */
const only = (name, packages, rooms) => ({
  name,
  severity: 'error',
  comment: `Only src/${rooms} may import this package.`,
  from: { path: '^src/', pathNot: `^src/(?:${rooms})` },
  to: { path: `(?:^|/)node_modules/(?:${packages})/` },
});

/** Entry points and what starts them: nothing imports them, everything is reached from them. */
const entryPoints = '^src/[^/]+\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Files that import each other are one file, or lack a third.',
      // Those files show what is said about such a circle.
      from: { pathNot: '^test/application/fixtures/scan-circular/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'The import leads nowhere.',
      // What these need is installed by the suite itself, beside it; or is built: an older build has other files.
      from: { pathNot: '^(?:interop/sdks|test/request-reply/serving/http/mounts|benchmarks)/|^test/.+/scripts/[^/]+\\.mjs$' },
      to: { couldNotResolve: true },
    },
    {
      name: 'entry-files-are-not-imported',
      severity: 'error',
      comment: 'Entry points name what is published; code imports the file that has it.',
      from: { path: '^src/' },
      to: { path: entryPoints },
    },
    {
      name: 'sources-import-only-sources',
      severity: 'error',
      comment: 'Tests, examples, benchmarks and scripts are not in the package.',
      from: { path: '^src/' },
      to: { path: '^(?:test|examples|benchmarks|scripts|bin|dist)/' },
    },
    {
      name: 'sources-import-only-known-folders',
      severity: 'error',
      comment: 'Add the folder to the table in .dependency-cruiser.cjs and ARCHITECTURE.md.',
      from: { path: '^src/[^/]+/', pathNot: `^src/(?:${rooms.join('|')})/` },
      to: {},
    },
    {
      name: 'sources-import-no-development-dependency',
      severity: 'error',
      comment: 'It is not there where the package is installed. statefun/testing works with any test runner.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'] },
    },
    {
      name: 'sources-import-only-declared-packages',
      severity: 'error',
      comment: 'Add the package to package.json: it is found only because another package brings it.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm', 'npm-dev', 'npm-peer', 'npm-optional'] },
    },
    {
      name: 'testing-is-for-any-test-runner',
      severity: 'error',
      comment: 'statefun/testing throws ordinary errors and must not need jest.',
      from: { path: '^src/' },
      to: { path: '(?:^|/)node_modules/(?:@?jest|expect|vitest|mocha|chai)/' },
    },
    {
      name: 'examples-use-published-names',
      severity: 'error',
      comment: "Examples and benchmarks import 'statefun' and 'statefun/…', as a user does.",
      from: { path: '^(?:examples|benchmarks)/' },
      to: { path: '^(?:src|dist|test)/', dependencyTypes: ['local'] },
    },
    {
      name: 'examples-use-published-entries',
      severity: 'error',
      comment: "Examples and benchmarks import 'statefun' and 'statefun/…', as a user does.",
      from: { path: '^(?:examples|benchmarks)/' },
      to: { path: '^(?:src|dist)/.+/' },
    },
    {
      name: 'examples-import-only-themselves',
      severity: 'error',
      comment: 'An example is copied by its users: it must stand alone.',
      from: { path: '^examples/([^/]+)/' },
      to: { path: '^examples/', pathNot: '^examples/$1/' },
    },
    {
      name: 'optional-clients-load-with-their-entry',
      severity: 'error',
      comment:
        "Who imports 'statefun' or 'statefun/testing' must not need an AWS client: it is an optional peer, reached by 'statefun/kinesis' and 'statefun/s3'.",
      from: { path: '^src/(?:index|testing)\\.ts$' },
      to: { path: '(?:^|/)node_modules/(?:@aws-sdk|@smithy|kinesis-local)/', reachable: true },
    },
    {
      name: 'no-dead-files',
      severity: 'error',
      comment: 'No entry point reaches this file: delete it, or export what it does.',
      // Workers and what is loaded into forked processes are started by path, not imported: `x-worker.ts`, `x.cts`.
      from: { path: entryPoints },
      to: { path: '^src/', pathNot: [entryPoints, '-worker\\.ts$', '\\.cts$'], reachable: false },
    },
    ...folderRules,
    only('inversify-stays-in-injection', 'inversify|@inversifyjs', 'injection/|index\\.ts'),
    only('reflect-metadata-stays-in-shared', 'reflect-metadata', 'shared/metadata\\.ts'),
    only('protobufjs-stays-in-codecs', 'protobufjs', 'envelope/|request-reply/'),
    only('cloudevents-stays-in-envelope', 'cloudevents', 'envelope/'),
    only('aws-stays-in-its-rooms', '@aws-sdk|@smithy', 'connectors/kinesis/|checkpoints/s3/'),
    only('kinesis-local-stays-in-kinesis', 'kinesis-local', 'connectors/kinesis/'),
    only('pino-stays-in-application', 'pino', 'application/'),
    only('commander-stays-in-cli', 'commander', 'cli/'),
  ],
  options: {
    // Type imports count: they are what a reader has to know, too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist/|examples/[^/]+/dist/|coverage/)' },
    // Without these, packages that only have "exports" are not resolved and the rules about them never fire.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@statefun/source', 'import', 'types', 'node', 'default'] },
  },
};
