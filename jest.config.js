// Unit and example tests run on the TypeScript sources; .int tests start other processes and use the built package.
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const base = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@statefun/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/examples/[^/]+/dist/'],
  transform: { '^.+\\.ts$': swc },
};

/** What `npm test` runs in seconds, and what the other scripts run, is told by the name of a file. */
const fast = '!(*.long|*.int|*.docker).test.ts';

export default {
  // A limit for what hangs, not for what is slow: the same on a machine that has twenty times as much to do.
  testTimeout: 600_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: [`<rootDir>/test/**/${fast}`] },
    {
      ...base,
      displayName: 'examples',
      testMatch: [`<rootDir>/examples/*/test/**/${fast}`],
      // What `statefun create` copies is tested by Node's own runner: see test/project/create.int.test.ts.
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/examples/greeter/'],
    },
    { ...base, displayName: 'long', testMatch: ['<rootDir>/test/**/*.long.test.ts'] },
    { ...base, displayName: 'integration', testMatch: ['<rootDir>/test/**/*.int.test.ts'] },
    { ...base, displayName: 'docker', testMatch: ['<rootDir>/test/**/*.docker.test.ts'] },
  ],
};
