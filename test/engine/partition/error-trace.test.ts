import { describe, expect, it } from '@jest/globals';
import { traceOf } from '../../../src/engine/partition/error-trace.ts';
import { StatefunError } from '../../../src/shared/errors.ts';

class PaymentRefused extends Error {}

function refusePayment(text: string): never {
  throw new PaymentRefused(text);
}

function caught(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error; // each of them throws one
  }
  throw new Error('nothing was thrown');
}

describe('traceOf', () => {
  it('names the class of an error that has set no name, and where it was thrown', () => {
    const { errorClass, stack } = traceOf(caught(() => refusePayment('no money')));
    expect(errorClass).toBe('PaymentRefused');
    expect(stack).toMatch(/^Error: no money\n {4}at refusePayment \(.*error-trace\.test\.ts:\d+:\d+\)\n/);
  });

  it('follows causes: an error of the framework has the class of what it was made for', () => {
    const cause = caught(() => refusePayment('no money'));
    const { errorClass, stack } = traceOf(new StatefunError('FORWARDER_FAILED', 'it threw.', { cause }));
    expect(errorClass).toBe('PaymentRefused');
    expect(stack).toMatch(/^StatefunError: FORWARDER_FAILED: it threw\.\n {4}at [^]*\ncaused by Error: no money\n {4}at refusePayment /);
    expect(traceOf(new StatefunError('NO_FORWARDER', 'nobody.')).errorClass).toBeUndefined();
  });

  it('keeps of a document in an error its first 200 characters, and of a stack 4,096', () => {
    const { stack = '' } = traceOf(new Error('x'.repeat(100_000)));
    expect(stack).toContain(`${'x'.repeat(193)}…\n    at `);
    const deep = (left: number): never => (left === 0 ? refusePayment('deep') : deep(left - 1));
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 1_000;
    try {
      expect(traceOf(caught(() => deep(500))).stack).toHaveLength(4_097);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });

  it('ends with causes that go in a circle', () => {
    const [first, second] = [new Error('first'), new Error('second')];
    for (const error of [first, second]) error.stack = `Error: ${error.message}\n    at here`;
    first.cause = second;
    second.cause = first;
    const [one, two] = ['Error: first\n    at here', 'Error: second\n    at here'];
    expect(traceOf(first).stack).toBe([one, two, one, two, one].join('\ncaused by '));
  });

  it.each([
    ['a stack that is none', Object.defineProperty(new Error('x'), 'stack', { value: 7 }), { errorClass: 'Error' }],
    ['no stack frames', Object.defineProperty(new Error('x'), 'stack', { value: 'Error: x' }), { errorClass: 'Error' }],
    [
      'a stack that throws',
      Object.defineProperty(new Error('x'), 'stack', {
        get: () => {
          throw new Error('hostile');
        },
      }),
      {},
    ],
    ['no constructor', Object.setPrototypeOf(Object.defineProperty(new Error('x'), 'stack', { value: '' }), null) as Error, {}],
  ])('takes errors with %s', (_name, error, expected) => {
    expect(traceOf(error)).toEqual(expected);
  });
});
