import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What scripts/source-graph.mjs exports. */
interface SourceGraph {
  graphOf: (
    files: readonly string[],
    read: (path: string) => string,
    exports: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ) => Map<string, ReadonlySet<string>>;
  reachedBy: (changed: readonly string[], graph: Map<string, ReadonlySet<string>>) => ReadonlySet<string>;
  dependenciesOf: (file: string, graph: Map<string, ReadonlySet<string>>) => ReadonlySet<string>;
}

const texts: Readonly<Record<string, string>> = {
  'src/index.ts': "export { run } from './run.ts';",
  'src/run.ts': "import type { Store } from './store.ts';\nnew Worker(new URL('./run-worker.js', import.meta.url));",
  'src/run-worker.ts': "import { parse } from './parse.ts';",
  'src/parse.ts': "const text = 'nothing is imported here';",
  'src/store.ts': '',
  'examples/cart/src/application.ts': "import { run } from 'statefun';\nconst scan = [new URL('./functions/', import.meta.url)];",
  'examples/cart/src/functions/cart-function.ts': '',
  'test/run.test.ts': "import { run } from '../src/run.ts';\nconst root = join(import.meta.dirname, '..');",
  'test/store.test.ts': "const { Store } = await import('../src/store.ts');",
  'test/data.jsonl': '',
};

let scripts: SourceGraph;
let graph: Map<string, ReadonlySet<string>>;

beforeAll(async () => {
  const path = join(import.meta.dirname, '..', '..', 'scripts', 'source-graph.mjs');
  scripts = (await import(pathToFileURL(path).href)) as SourceGraph;
  graph = scripts.graphOf(Object.keys(texts), (path) => texts[path] ?? '', { '.': { '@statefun/source': './src/index.ts' } });
});

describe('scripts/source-graph.mjs', () => {
  it.each([
    {
      file: 'src/parse.ts',
      what: 'a worker, an entry point and an example',
      tests: ['examples/cart/src/application.ts', 'test/run.test.ts'],
    },
    { file: 'src/store.ts', what: 'a type and a dynamic import', tests: ['test/run.test.ts', 'test/store.test.ts'] },
    { file: 'examples/cart/src/functions/cart-function.ts', what: 'a scanned folder', tests: ['examples/cart/src/application.ts'] },
  ])('follows $file through $what', ({ file, tests }) => {
    expect([...scripts.reachedBy([file], graph)]).toEqual(expect.arrayContaining(tests));
  });

  it('leaves out what a change cannot reach', () => {
    expect([...scripts.reachedBy(['src/run-worker.ts'], graph)]).not.toContain('test/store.test.ts');
    expect([...scripts.reachedBy(['test/run.test.ts'], graph)]).toEqual(['test/run.test.ts']);
  });

  it('finds everything that a file depends on', () => {
    expect([...scripts.dependenciesOf('test/run.test.ts', graph)].sort()).toEqual([
      'src/parse.ts',
      'src/run-worker.ts',
      'src/run.ts',
      'src/store.ts',
      'test/run.test.ts',
    ]);
  });
});
