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

export default {
  // A limit for what hangs, not for what is slow: machines are shared.
  testTimeout: 60_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/test/**/!(*.int|*.docker).test.ts'] },
    {
      ...base,
      displayName: 'examples',
      testMatch: ['<rootDir>/examples/*/test/**/!(*.int|*.docker).test.ts'],
      // What `statefun create` copies is tested by Node's own runner: see test/project/create.int.test.ts.
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/examples/greeter/'],
    },
    { ...base, displayName: 'integration', testMatch: ['<rootDir>/test/**/*.int.test.ts'] },
    { ...base, displayName: 'docker', testMatch: ['<rootDir>/test/**/*.docker.test.ts'] },
  ],
};
