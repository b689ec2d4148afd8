import { describe, expect, it } from '@jest/globals';
import { StatefunError } from '../../../src/shared/errors.ts';
import { explained } from './explained.ts';

const importing = (cause: Error): string =>
  explained(
    new StatefunError('SCAN_IMPORT_FAILED', `/app/functions/cart.js could not be imported: ${cause.message}`, {
      facts: { file: '/app/functions/cart.js' },
      cause,
    }),
  );

const withCode = (error: Error, code: string): Error => Object.assign(error, { code });

/** Messages as Node 20 and 24 word them. */
describe('mistakes that show when a file is imported', () => {
  it.each([
    [
      'a decorator that nobody compiled',
      new SyntaxError('Invalid or unexpected token'),
      'the file is not JavaScript that Node can read: Invalid or unexpected token',
      /^A decorator \(@\) that was not compiled looks like this: set experimentalDecorators/,
    ],
    [
      'a package that is not installed',
      withCode(new Error("Cannot find package 'zod' imported from /app/functions/cart.js"), 'ERR_MODULE_NOT_FOUND'),
      "Cannot find package 'zod' imported from /app/functions/cart.js",
      /^Run: npm install zod$/,
    ],
    [
      'a file that is not there',
      withCode(new Error("Cannot find module '/app/events.js' imported from /app/functions/cart.js"), 'ERR_MODULE_NOT_FOUND'),
      "Cannot find module '/app/events.js' imported from /app/functions/cart.js",
      /^Check the path; .*npm run build/,
    ],
    [
      'files that import each other',
      new ReferenceError("Cannot access 'CartFunction' before initialization"),
      "Cannot access 'CartFunction' before initialization",
      /^Two files import each other/,
    ],
    [
      'an export that is missing',
      new SyntaxError("The requested module './events.js' does not provide an export named 'CartChanged'"),
      "The requested module './events.js' does not provide an export named 'CartChanged'",
      /^Check the spelling of CartChanged/,
    ],
    [
      'TypeScript that Node cannot strip',
      withCode(new SyntaxError('Decorators are not supported'), 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'),
      'Decorators are not supported',
      /run npm run build/,
    ],
    [
      'decorators compiled in the standard way',
      new StatefunError('DECORATORS_STANDARD', '@Handles on method onEvent was compiled as a standard decorator.'),
      '@Handles on method onEvent was compiled as a standard decorator.',
      /^Set "experimentalDecorators": true/,
    ],
  ])('explains %s', (_, cause, what, action) => {
    const [first, where, todo, ...others] = importing(cause).trimEnd().split('\n');
    expect(first).toBe(`1. SCAN_IMPORT_FAILED: ${what}`);
    expect(where).toBe('   Where: /app/functions/cart.js');
    expect(todo?.replace('   Do:    ', '')).toMatch(action);
    expect(others).toEqual([]);
  });

  it('names what a file threw', () => {
    expect(importing(new TypeError('options.region is undefined', { cause: new Error('no .env') }))).toBe(
      `1. SCAN_IMPORT_FAILED: /app/functions/cart.js could not be imported: options.region is undefined
   Where: /app/functions/cart.js
   Do:    Correct the cause of this error; LOG_LEVEL=debug shows the stack.
   Cause: Error: no .env
`,
    );
  });
});
