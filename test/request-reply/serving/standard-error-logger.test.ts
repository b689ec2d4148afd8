import { afterEach, expect, it, jest } from '@jest/globals';
import { standardErrorLogger } from '../../../src/request-reply/serving/standard-error-logger.ts';

afterEach(() => void jest.restoreAllMocks());

it('writes a line for each text, indents what is below it, and lets nothing move the cursor', () => {
  const written: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });

  const error = new Error('first\u001b[2J\nforged', { cause: 'second' });
  standardErrorLogger({ address: 'demo/counter/\u009b\n' }).warn('one\ntwo', { error });

  const [first, ...below] = written.join('').trimEnd().split('\n');
  expect(first).toMatch(/^\S+ warn one$/);
  expect(below.slice(0, 3)).toEqual(['  two {"address":"demo/counter/\\u009b\\n"}', '  first\\u001b[2J', '  forged']);
  expect(below.filter((line) => !line.startsWith('  '))).toEqual([]);
});
