import { describe, expect, it } from '@jest/globals';
import { inject, injectable, named, optional } from 'inversify';
import { readDependencies } from '../../src/injection/dependencies.ts';

interface Clock {
  now(): number;
}

@injectable()
class Prices {}

class Undecorated {
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
    class UntypedFunction {
      constructor(readonly prices: Prices) {}
    }
    injectable()(UntypedFunction);

    const [problem] = readDependencies(UntypedFunction).problems;

    expect(problem?.code).toBe('METADATA_MISSING');
    expect(problem?.summary).toBe('class UntypedFunction needs parameter 0 (prices), but the compiler emitted no parameter types for it.');
    expect(problem?.hint).toMatch(/experimentalDecorators and emitDecoratorMetadata.*@inject\(token\) or static inject/);
  });

  it('asks for a decorator, and for no compiler options, where the class has none', () => {
    const [problem] = readDependencies(Undecorated).problems;

    expect(problem?.summary).toBe(
      'class Undecorated needs parameter 0 (prices), but has no decorator, and types are emitted only for classes that have one.',
    );
    expect(problem?.hint).toBe('Put @injectable() on class Undecorated, or name the tokens: static inject = [token, …].');
  });

  it('names the base class whose constructor nobody can fill', () => {
    @injectable()
    class Sub extends Undecorated {}

    expect(readDependencies(Sub).problems.map(({ summary }) => summary)).toEqual([
      'class Undecorated, base of Sub, needs parameter 0 (prices), but has no decorator, and types are emitted only for classes that have one.',
    ]);
  });

  it('says that static inject of a base class is not for the constructor of a subclass', () => {
    class Base {
      static readonly inject: readonly unknown[] = ['a', 'b'];
    }
    class Sub extends Base {
      constructor(readonly b: unknown) {
        super();
      }
    }

    expect(readDependencies(Sub).problems).toMatchObject([
      { hint: 'The static inject of its base class is for the constructor of that class: give Sub its own.' },
    ]);
  });

  it('says which parameter static inject leaves out, one with a default value excepted (INJECTION-D3)', () => {
    class Short {
      static readonly inject = ['a'];
      constructor(
        readonly a: unknown,
        readonly b: unknown,
        readonly limit = 5,
      ) {}
    }

    expect(readDependencies(Short).problems.map(({ summary }) => summary)).toEqual([
      'class Short: static inject names 1 of its parameters, and parameter 1 (b) is not among them.',
    ]);
  });

  it('refuses a parameter that static inject and a decorator name differently', () => {
    class Twice {
      static readonly inject = ['a'];
      constructor(@inject('b') readonly given: unknown) {}
    }
    class Optional {
      static readonly inject = ['a'];
      constructor(@optional() readonly given: unknown) {}
    }
    class Same {
      static readonly inject = ['a'];
      constructor(@inject('a') readonly given: unknown) {}
    }

    expect([Twice, Optional, Same].flatMap((made) => readDependencies(made).problems.map(({ summary }) => summary))).toEqual([
      'class Twice declares parameter 0 (given) twice: in static inject, and with a decorator that says something else.',
      'class Optional declares parameter 0 (given) twice: in static inject, and with a decorator that says something else.',
    ]);
  });

  it('reads static inject beside properties with @inject', () => {
    class Both {
      static readonly inject = ['a'];
      @inject('b') readonly b!: unknown;
      constructor(readonly a: unknown) {}
    }

    expect(readDependencies(Both).dependencies.map(({ token, property }) => [token, property])).toEqual([
      ['a', undefined],
      ['b', 'b'],
    ]);
  });

  it('takes the type of a parameter that only @optional and @named stand on', () => {
    @injectable()
    class Uses {
      constructor(
        @optional() readonly first: Prices | undefined,
        @named('summer') readonly second: Prices,
        @optional() readonly third: Prices,
      ) {}
    }

    expect(readDependencies(Uses).problems.map(({ summary }) => summary)).toEqual([
      'class Uses: the type of parameter 0 (first) is no class (Object), so it cannot say what to inject.',
    ]);
    expect(readDependencies(Uses).dependencies).toMatchObject([
      { token: Prices, named: 'summer', optional: false },
      { token: Prices, named: undefined, optional: true },
    ]);
  });

  it('refuses a property that only @optional stands on', () => {
    class Uses {
      @optional() readonly prices: Prices | undefined;
    }

    expect(readDependencies(Uses).problems).toMatchObject([
      { code: 'METADATA_MISSING', summary: 'class Uses: property prices has @named or @optional, but nothing says what it is.' },
    ]);
  });

  it('leaves parameters with default values to their defaults where nothing says what they are', () => {
    @injectable()
    class Uses {
      constructor(
        readonly prices: Prices,
        readonly limit = 5,
        @inject('clock') readonly clock: unknown = undefined,
        readonly names: readonly string[] = [],
      ) {}
    }

    expect(readDependencies(Uses).problems).toEqual([]);
    expect(readDependencies(Uses).dependencies.map(({ token, optional: left }) => [String(token).slice(0, 12), left])).toEqual([
      ['class Prices', false],
      ['Symbol(nothi', true],
      ['clock', false],
    ]);
  });

  it('finds no constructor in comments, texts, members and classes inside of methods', () => {
    @injectable()
    class Base {
      constructor(readonly prices: Prices) {}
    }
    class Sub extends Base {
      /* constructor(a) */
      readonly text = 'constructor(b)';
      made(): object {
        return new (class Inner {
          constructor(readonly inner = `{`) {}
        })();
      }
      again(): unknown {
        return (this as unknown as Record<'constructor', (text: string) => unknown>).constructor(this.text);
      }
    }

    expect(readDependencies(Sub)).toEqual(readDependencies(Base));
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
    expect(problem?.hint).toMatch(/classes imported with import type are gone at run time: import the class without type/);
  });

  it('says what import type does, which leaves Function where TypeScript compiles', () => {
    class Uses {
      constructor(readonly prices: Prices) {}
    }
    Reflect.defineMetadata('design:paramtypes', [Function], Uses);

    const [problem] = readDependencies(Uses).problems;

    expect(problem?.summary).toBe('class Uses: the type of parameter 0 (prices) is no class (Function), so it cannot say what to inject.');
    expect(problem?.hint).toMatch(/^A class that is imported with import type is gone at run time: import it without type\./);
  });

  it('says so when a token is undefined, as in files that import each other', () => {
    class Uses {
      static readonly inject = [undefined];
    }

    const [problem] = readDependencies(Uses).problems;

    expect(problem).toMatchObject({ code: 'METADATA_MISSING', summary: 'class Uses: the token of static inject[0] is undefined.' });
  });
});
