import { afterEach, describe, expect, it, jest } from '@jest/globals';
import module from 'node:module';
import { join } from 'node:path';
import { keepCompiledCode } from '../../src/cli/compile-cache.ts';

// The running Node may be older than the function.
const node = module as { enableCompileCache?: ((folder: string) => unknown) | undefined };
const original = node.enableCompileCache;

afterEach(() => {
  node.enableCompileCache = original;
});

describe('compiled code', () => {
  it('is kept in the package, not in a folder that is shared with others', () => {
    const enable = jest.fn<(folder: string) => unknown>();
    node.enableCompileCache = enable;

    keepCompiledCode();

    expect(enable.mock.calls).toEqual([[join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'statefun')]]);
  });

  it('is not kept where Node cannot', () => {
    node.enableCompileCache = undefined;

    expect(() => keepCompiledCode()).not.toThrow();
  });
});
