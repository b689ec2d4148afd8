// Typed linting: an un-awaited promise is the worst bug a durable engine can have, and only types show it.
// Rules are relaxed for tests alone, each with its reason. Sources have no exceptions but the ones named at the end.
import tseslint from 'typescript-eslint';

const generated = ['**/generated/**', '**/*.generated.*'];

const sizeRules = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60 }],
};

const timerFunctions = ['setTimeout', 'setInterval'];
const timersMessage = 'Use src/shared/time/timers.ts: it keeps durations beyond 2^31 ms.';

const everywhere = {
  ...sizeRules,
  eqeqeq: ['error', 'always'],
  'no-console': 'off',
  'no-unused-expressions': 'off',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
};

const restrictedSyntax = [
  // An import is the path of the file one opens (rewritten by the compiler).
  {
    selector: 'ImportDeclaration[source.value=/^\\.{1,2}\\/.*\\.js$/]',
    message: 'A relative import ends in .ts: the path you read is the file you open.',
  },
  { selector: 'AwaitExpression:not(:function *)', message: 'No top-level await: it breaks require() of this package.' },
  { selector: 'ForOfStatement[await=true]:not(:function *)', message: 'No top-level await: it breaks require() of this package.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: name what you export.' },
];

const typed = {
  '@typescript-eslint/no-floating-promises': [
    'error',
    // The runner of node:test waits for what its own functions answer.
    { checkThenables: true, allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it'] }] },
  ],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // `typeof import('…')` is how a package that may be missing, and is loaded when needed, is named in a type.
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-unused-expressions': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
  // A number or boolean in a message is as good as its text; what matters is that no object becomes "[object Object]".
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNever: true }],
  // An implementation of an asynchronous port is async even where it waits for nothing: what it throws then becomes a rejection.
  '@typescript-eslint/require-await': 'off',
  'no-restricted-syntax': ['error', ...restrictedSyntax],
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      'dist.*/',
      'coverage/',
      '.statefun/',
      'interop/flink/*/target/',
      'benchmarks/peers/flink/target/',
      'interop/sdks/*/{.venv,target,build}/',
      ...generated,
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    // One program for everything: the root project, in which 'statefun' means the sources.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: { ...everywhere, ...typed },
  },
  {
    // What these import is installed by the suite itself, which also compiles them: without it there are no types to lint with.
    files: ['test/request-reply/serving/http/mounts/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { project: './test/request-reply/serving/http/mounts/tsconfig.json' } },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...restrictedSyntax,
        {
          // Every item becomes an argument, and some 120,000 arguments fill the stack.
          selector:
            'CallExpression[callee.property.name=/^(push|unshift|splice|max|min|hypot|fromCharCode|fromCodePoint)$/] > SpreadElement',
          message: 'No spread of a list into arguments, which is limited by the stack: appendAll adds to a list, reduce finds a maximum.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    // A library writes to the logger it is given; standard output belongs to the application.
    ignores: ['src/cli/**', 'src/cli.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/shared/time/timers.ts'],
    rules: {
      // Beyond 2^31 ms they fire after 1 ms, and durations are chosen by users.
      'no-restricted-globals': ['error', ...timerFunctions.map((name) => ({ name, message: timersMessage }))],
      'no-restricted-imports': [
        'error',
        { paths: ['node:timers', 'node:timers/promises'].map((name) => ({ name, importNames: timerFunctions, message: timersMessage })) },
      ],
      'no-restricted-properties': ['error', { object: 'AbortSignal', property: 'timeout', message: timersMessage }],
    },
  },
  {
    files: ['test/**/*.ts', 'examples/*/test/**/*.ts', 'benchmarks/**/*.ts'],
    rules: {
      // A describe block is a function, and as long as its tests.
      'max-lines-per-function': 'off',
      // expect(port.method) names a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
      // Bad input is the subject of many tests: what may be thrown or rejected with is not only errors.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { ecmaVersion: 2023 },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { ...everywhere, 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }], 'no-unused-expressions': 'error' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
  {
    // A table with one entry per error code: splitting it would hide that a code exists only once.
    files: ['src/shared/error-registry.ts'],
    rules: { 'max-lines': 'off' },
  },
);
