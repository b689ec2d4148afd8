import { describe, expect, it } from '@jest/globals';
import { inject, injectable } from 'inversify';
import { assembleApplication, type AssembledApplication } from '../../src/application/assemble.ts';
import { defineApplication, type ApplicationOptions } from '../../src/application/definition.ts';
import type { Provider, ProviderScope } from '../../src/injection/provider.ts';
import { declareForwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import type { ClassOf } from '../../src/shared/metadata.ts';
import { withFieldCompiled } from './fixtures/compiled-classes.mjs';

// Every way to write a base class, times every way to write a class that extends it, times everything that a class can be in an
// application. Each either gets what it names, or is a mistake at the start; nothing is ever left undefined without a word.

type Base = new (...given: unknown[]) => object;

@injectable()
class Rounding {}

/** A new class each time: hosts decorate it. */
const bases: Readonly<Record<string, () => Base>> = {
  'no base': () => class Plain {},
  'typed parameter': () => {
    @injectable()
    class Typed {
      constructor(readonly first: Rounding) {}
    }
    return Typed as unknown as Base;
  },
  '@inject parameter': () => {
    class Injected {
      constructor(@inject('x') readonly first: unknown) {}
    }
    return Injected;
  },
  'static inject': () =>
    class Declared {
      static readonly inject = ['x'];
      constructor(readonly first: unknown) {}
    },
  '@inject field': () => {
    class Field {
      @inject('x') readonly x!: unknown;
    }
    return Field;
  },
  'nothing named': () =>
    class Unnamed {
      constructor(readonly first: unknown) {}
    },
};

const subclasses: Readonly<Record<string, (base: Base) => Base>> = {
  empty: (base) => class Sub extends base {},
  field: (base) =>
    class Sub extends base {
      readonly own = 1;
    },
  'field, compiled': (base) => withFieldCompiled(base),
  '@inject field': (base) => {
    class Sub extends base {
      @inject('y') readonly y!: unknown;
    }
    return Sub;
  },
  '@inject field of the same name': (base) => {
    class Sub extends base {
      @inject('y') readonly x!: unknown;
    }
    return Sub;
  },
  '@inject parameters': (base) => {
    class Sub extends base {
      constructor(
        @inject('x') first: unknown,
        @inject('y') readonly y: unknown,
      ) {
        super(first);
      }
    }
    return Sub;
  },
  'typed parameters': (base) => {
    @injectable()
    class Sub extends base {
      constructor(
        first: Rounding,
        @inject('y') readonly y: unknown,
      ) {
        super(first);
      }
    }
    return Sub as unknown as Base;
  },
  'static inject': (base) =>
    class Sub extends base {
      static readonly inject = ['x', 'y'];
      constructor(
        first: unknown,
        readonly y: unknown,
      ) {
        super(first);
      }
    },
  'static inject, no constructor': (base) =>
    class Sub extends base {
      static readonly inject = ['y'];
    },
  'rest parameter': (base) =>
    class Sub extends base {
      constructor(...given: unknown[]) {
        super(...given);
      }
    },
  'constructor without parameters': (base) =>
    class Sub extends base {
      constructor() {
        super('own');
      }
    },
  'nothing named': (base) =>
    class Sub extends base {
      constructor(first: unknown) {
        super(first);
      }
    },
};

const mistake = 'METADATA_MISSING';
/** The columns are the bases, in their order; what the constructor of the base got, then the fields. */
const expected: Readonly<Record<string, readonly string[]>> = {
  empty: ['', 'first=rounding', 'first=x', 'first=x', 'x=x', mistake],
  field: ['', 'first=rounding', 'first=x', 'first=x', 'x=x', mistake],
  'field, compiled': ['', 'first=rounding', 'first=x', 'first=x', 'x=x', mistake],
  '@inject field': ['y=y', 'first=rounding y=y', 'first=x y=y', 'first=x y=y', 'x=x y=y', mistake],
  '@inject field of the same name': ['x=y', 'first=rounding x=y', 'first=x x=y', 'first=x x=y', 'x=y', mistake],
  '@inject parameters': ['y=y', 'first=x y=y', 'first=x y=y', 'first=x y=y', 'x=x y=y', 'first=x y=y'],
  'typed parameters': ['y=y', 'first=rounding y=y', 'first=rounding y=y', 'first=rounding y=y', 'x=x y=y', 'first=rounding y=y'],
  'static inject': ['y=y', 'first=x y=y', 'first=x y=y', 'first=x y=y', 'x=x y=y', 'first=x y=y'],
  'static inject, no constructor': ['', 'first=y', 'first=y', 'first=y', 'x=x', 'first=y'],
  'rest parameter': ['', 'first=rounding', 'first=x', 'first=x', 'x=x', mistake],
  'constructor without parameters': ['', 'first=own', 'first=own', 'first=own', 'x=x', 'first=own'],
  'nothing named': [mistake, mistake, mistake, mistake, mistake, mistake],
};

interface Host {
  readonly options: (made: ClassOf) => ApplicationOptions;
  readonly instance: (assembled: AssembledApplication) => object | undefined;
}

const method = { value: (): void => undefined, configurable: true };

/** A function that asks for the class. */
function asking(made: ClassOf): Base {
  class Asking {
    static readonly inject = [made];
    constructor(readonly asked: unknown) {}
  }
  return declaredFunction(Asking);
}

function declaredFunction<T extends ClassOf>(declared: T): T {
  Object.defineProperty(declared.prototype, 'onEvent', method);
  Handles()(declared.prototype as object, 'onEvent', method);
  StatefunFunction('table/subject')(declared as unknown as Base);
  return declared;
}

const createFunction = ({ functions }: AssembledApplication): object | undefined => functions.get('table/subject')?.create();
const provided = (scope?: ProviderScope): Host => ({
  options: (made) => ({
    functions: [asking(made)],
    providers: [scope === undefined ? made : { provide: made, useClass: made, scope }],
  }),
  instance: (assembled) => (createFunction(assembled) as { readonly asked: object } | undefined)?.asked,
});

const hosts: Readonly<Record<string, Host>> = {
  'a function': { options: (made) => ({ functions: [declaredFunction(made)] }), instance: createFunction },
  'a forwarder': {
    options: (made) => {
      Object.defineProperty(made.prototype, 'forward', method);
      declareForwarder(made, 'table.event');
      return { functions: [asking(Rounding)], forwarders: [made] };
    },
    instance: ({ registeredForwarders: [registered] }) => registered?.forwarder,
  },
  'a service': provided(),
  'a singleton': provided('singleton'),
  'a transient provider': provided('transient'),
  'a provider of one address': provided('address'),
};

const values: readonly Provider[] = [
  { provide: 'x', useValue: 'x' },
  { provide: 'y', useFactory: () => 'y', scope: 'transient' },
  Rounding,
];

/** What an instance was given, or the codes of the mistakes. */
async function outcome(made: ClassOf, { options, instance }: Host): Promise<string> {
  const { providers = [], ...rest } = options(made);
  let assembled: AssembledApplication;
  try {
    assembled = await assembleApplication(defineApplication({ ...rest, providers: [...values, ...providers] }));
  } catch (thrown) {
    if (!StatefunError.is(thrown)) throw thrown;
    return (thrown.facts['problems'] as readonly StatefunError[]).map(({ code }) => code).join(' ');
  }
  const given = instance(assembled) as Readonly<Record<string, unknown>> | undefined;
  if (given === undefined) return 'no instance';
  const shown = (value: unknown): string => (value instanceof Rounding ? 'rounding' : String(value));
  const names = ['first', 'x', 'y'].filter((name) => name in given);
  return names.map((name) => `${name}=${shown(given[name])}`).join(' ');
}

describe.each(Object.entries(hosts))('what is injected into %s', (_, host) => {
  it.each(Object.entries(subclasses))('that is written with: %s', async (name, extend) => {
    const outcomes: string[] = [];
    for (const base of Object.values(bases)) outcomes.push(await outcome(extend(base()), host));

    expect(outcomes).toEqual(expected[name]);
  });

  it('that extends nothing, in every way a base class is written', async () => {
    const outcomes: string[] = [];
    for (const base of Object.values(bases)) outcomes.push(await outcome(base(), host));

    expect(outcomes).toEqual(expected['empty']);
  });
});
