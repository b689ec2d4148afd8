// The architecture, as rules: each folder of src/ may import itself and the folders listed here. test/project/import-rules.test.ts shows
// that every rule fires.
const mayImport = {
  shared: [],
  envelope: ['shared'],
  state: ['shared'],
  storage: ['shared'],
  functions: ['shared', 'envelope', 'state'],
  forwarders: ['shared', 'envelope'],
  ingress: ['shared', 'envelope'],
  egress: ['shared', 'envelope'],
  engine: ['shared', 'envelope', 'state', 'storage', 'functions', 'forwarders', 'ingress', 'egress'],
  remote: ['shared', 'envelope', 'state', 'functions'],
  connectors: ['shared', 'envelope', 'ingress', 'egress'],
  application: [
    'shared',
    'envelope',
    'state',
    'storage',
    'functions',
    'forwarders',
    'ingress',
    'egress',
    'engine',
    'remote',
    'connectors/(?:memory|file)',
  ],
  testing: [
    'shared',
    'envelope',
    'state',
    'storage',
    'functions',
    'forwarders',
    'ingress',
    'egress',
    'engine',
    'remote',
    'connectors',
    'application',
  ],
  console: ['shared', 'engine', 'application'],
  cli: ['shared', 'envelope', 'remote', 'ingress', 'egress', 'connectors', 'application', 'testing', 'console'],
};

const folderRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-what-it-may`,
  severity: 'error',
  comment: `src/${folder}/ may import only: ${allowed.join(', ') || 'nothing else in src/'}. What you need lives in the wrong folder, or the idea does.`,
  from: { path: `^src/${folder}/` },
  to: { path: '^src/[^/]+/', pathNot: `^src/(?:${[folder, ...allowed].join('|')})/` },
}));

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
      // What these need is installed by the suite itself, beside it.
      from: { pathNot: '^(?:interop/sdks|test/remote/http/mounts|benchmarks)/' },
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
      from: { path: '^src/[^/]+/', pathNot: `^src/(?:${Object.keys(mayImport).join('|')})/` },
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
        "Who imports 'statefun' or 'statefun/testing' must not need an AWS client: it is an optional peer, reached by 'statefun/kinesis'.",
      from: { path: '^src/(?:index|testing)\\.ts$' },
      to: { path: '(?:^|/)node_modules/(?:@aws-sdk|@smithy|kinesis-local)/', reachable: true },
    },
    {
      name: 'no-dead-files',
      severity: 'error',
      comment: 'No entry point reaches this file: delete it, or export what it does.',
      // Threads and what is loaded into forked processes are started by path, not imported: `x-thread.ts`, `x.cts`.
      from: { path: entryPoints },
      to: { path: '^src/', pathNot: [entryPoints, '-thread\\.ts$', '\\.cts$'], reachable: false },
    },
    ...folderRules,
    only('inversify-stays-in-application', 'inversify|@inversifyjs', 'application/|index\\.ts'),
    only('reflect-metadata-stays-in-shared', 'reflect-metadata', 'shared/metadata\\.ts'),
    only('protobufjs-stays-in-codecs', 'protobufjs', 'envelope/|remote/'),
    only('cloudevents-stays-in-envelope', 'cloudevents', 'envelope/'),
    only('aws-stays-in-kinesis', '@aws-sdk|@smithy', 'connectors/kinesis/'),
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
