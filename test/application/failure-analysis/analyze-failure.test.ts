import { describe, expect, it } from '@jest/globals';
import { defineApplication, defineModule, type ModuleDefinition } from '../../../src/application/definition.ts';
import { analyzeFailure } from '../../../src/application/failure-analysis/analyze-failure.ts';
import type { FailureAnalyzer } from '../../../src/application/failure-analysis/failure-analyzer.ts';
import { formatFailure, toFailureJson } from '../../../src/application/failure-analysis/format-failure.ts';
import { registeredAnalyzers } from '../../../src/application/failure-analysis/registered-analyzers.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { explained } from './explained.ts';

// #region analyzer
class LicenceExpired extends Error {}

const licences: FailureAnalyzer = {
  analyze: (error) =>
    error instanceof LicenceExpired
      ? { code: 'LICENCE_EXPIRED', what: 'the licence has expired.', where: 'licence.txt', action: 'Buy a new one.' }
      : undefined,
};
// #endregion analyzer

describe('analyzing a failure', () => {
  it('asks the given analyzers before the built-in ones', () => {
    const own: FailureAnalyzer = { analyze: () => ({ what: 'ours', action: 'Ask us.' }) };
    expect(explained(new StatefunError('STORE_CLOSED', 'closed.'), [licences, own])).toBe('1. ours\n   Do:    Ask us.\n');
  });

  it('leaves what the given analyzers do not know to the built-in ones', () => {
    expect(explained(new LicenceExpired('x'), [licences])).toBe(
      '1. LICENCE_EXPIRED: the licence has expired.\n   Where: licence.txt\n   Do:    Buy a new one.\n',
    );
    expect(explained(new StatefunError('STORE_CLOSED', 'the store is closed.'), [licences])).toMatch(
      /^1\. STORE_CLOSED: the store is closed\.\n/,
    );
  });

  it('is not kept from explaining by an analyzer that throws', () => {
    const faulty: FailureAnalyzer = {
      analyze: () => {
        throw new Error('a bug');
      },
    };
    expect(explained(new LicenceExpired('x'), [faulty, licences])).toMatch(/^1\. LICENCE_EXPIRED: /);
  });

  it('gives each mistake of a list to the analyzers by itself', () => {
    const inner = new StatefunError('APPLICATION_INVALID', 'two', {
      facts: {
        problems: [new StatefunError('STORE_CLOSED', 'b.', { hint: 'B.' }), new StatefunError('STORE_CLOSED', 'c.', { hint: 'C.' })],
      },
    });
    const outer = new StatefunError('APPLICATION_INVALID', 'three', {
      facts: { application: 'shop', problems: [new StatefunError('STORE_CLOSED', 'a.', { hint: 'A.' }), inner] },
    });
    expect(formatFailure(analyzeFailure(outer))).toBe(
      `APPLICATION FAILED TO START

Application "shop" has 3 mistakes.

1. STORE_CLOSED: a.
   Do:    A.

2. STORE_CLOSED: b.
   Do:    B.

3. STORE_CLOSED: c.
   Do:    C.
`,
    );
  });

  it('says what it knows of an error that nobody explains', () => {
    expect(explained(new RangeError('too far', { cause: new Error('why') }))).toBe(
      `1. RangeError: too far
   Do:    statefun has no explanation for this error. Start again with LOG_LEVEL=debug: the stack shows where it comes from.
   Cause: Error: why
`,
    );
    expect(explained('only a text')).toMatch(/^1\. Error: only a text\n/);
  });

  it('comes to an end with an error that is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(explained(error).split('\n')[0]).toBe('1. Error: round');
  });

  it('prints stacks only when asked', () => {
    const report = analyzeFailure(new RangeError('too far'));
    expect(formatFailure(report)).not.toContain('    at ');
    expect(formatFailure(report, { stacks: true })).toMatch(/\n {3}RangeError: too far\n {7}at /);
  });

  it('says the same to programs', () => {
    expect(toFailureJson(analyzeFailure(new LicenceExpired('x'), [licences]))).toEqual({
      application: undefined,
      mistakes: [{ code: 'LICENCE_EXPIRED', what: 'the licence has expired.', where: 'licence.txt', action: 'Buy a new one.', causes: [] }],
    });
  });
});

// #region register
const licensing = defineModule({ name: 'licensing', failureAnalyzers: [licences] });
// #endregion register

describe('registered analyzers', () => {
  const named = (): FailureAnalyzer => ({ analyze: () => undefined });

  it('are those of the application, then those of its modules, each module once', () => {
    const [own, first, second] = [named(), named(), named()];
    const imported = defineModule({ failureAnalyzers: [second] });
    const modules = [defineModule({ failureAnalyzers: [first], modules: [imported] }), imported];
    expect(registeredAnalyzers(defineApplication({ failureAnalyzers: [own], modules }))).toEqual([own, first, second]);
  });

  it('are found in spite of modules that import each other, and of values that are none', () => {
    const listed: ModuleDefinition[] = [];
    const analyzer = named();
    const circular = defineModule({ modules: listed, failureAnalyzers: [analyzer, 'no analyzer' as unknown as FailureAnalyzer] });
    listed.push(circular, undefined as unknown as ModuleDefinition);
    expect(registeredAnalyzers(defineApplication({ modules: [circular] }))).toEqual([analyzer]);
    expect(registeredAnalyzers(undefined)).toEqual([]);
    expect(registeredAnalyzers(defineApplication({ modules: [licensing] }))).toEqual([licences]);
  });
});
