import { describe, expect, it } from '@jest/globals';
import { inject, injectable } from 'inversify';
import { readDependencies } from '../../src/application/dependencies.ts';

interface Clock {
  now(): number;
}

@injectable()
class Prices {}

class UntypedFunction {
  constructor(readonly prices: Prices) {}
}

describe('reading what a class needs', () => {
  it('reads it again without changing the class', () => {
    @injectable()
    class Uses {
      constructor(
        readonly prices: Prices,
        @inject('limit') readonly limit: number,
      ) {}
    }

    const first = readDependencies(Uses);

    expect(first.dependencies.map(({ token, place }) => [token, place])).toEqual([
      [Prices, 'parameter 0 (prices)'],
      ['limit', 'parameter 1 (limit)'],
    ]);
    expect(readDependencies(Uses)).toEqual(first);
  });

  it('needs nothing for a class whose constructor takes nothing', () => {
    expect(readDependencies(class Plain {})).toEqual({ dependencies: [], problems: [] });
  });

  it('says which options to set when the compiler emitted no types', () => {
    const [problem] = readDependencies(UntypedFunction).problems;

    expect(problem?.code).toBe('METADATA_MISSING');
    expect(problem?.summary).toBe('class UntypedFunction needs parameter 0 (prices), but the compiler emitted no parameter types for it.');
    expect(problem?.hint).toMatch(/experimentalDecorators and emitDecoratorMetadata.*@inject\(token\) or static inject/);
  });

  it('says that an interface needs a token, naming only the parameters that have none', () => {
    @injectable()
    class NeedsInterface {
      constructor(
        readonly prices: Prices,
        @inject('limit') readonly limit: number,
        readonly clock: Clock,
      ) {}
    }

    const [problem] = readDependencies(NeedsInterface).problems;

    expect(problem?.code).toBe('METADATA_MISSING');
    expect(problem?.summary).toBe(
      'class NeedsInterface: the type of parameter 2 (clock) is no class (Object), so it cannot say what to inject.',
    );
  });

  it('says so when a token is undefined, as in files that import each other', () => {
    class Uses {
      static readonly inject = [undefined];
    }

    const [problem] = readDependencies(Uses).problems;

    expect(problem).toMatchObject({ code: 'METADATA_MISSING', summary: 'class Uses: the token of static inject[0] is undefined.' });
  });
});
