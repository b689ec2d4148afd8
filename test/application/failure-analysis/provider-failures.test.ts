import { describe, expect, it } from '@jest/globals';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { injectable } from 'inversify';
import { defineModule, type ModuleOptions } from '../../../src/application/definition.ts';
import { PostConstruct } from '../../../src/injection/lifecycle.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { settled } from '../../contracts/turns.ts';
import { ReportFunction } from '../classes.ts';
import { explained, explainedStart } from './explained.ts';

const functions = [ReportFunction];

class NeverReady {
  @PostConstruct()
  connect(): Promise<void> {
    return new Promise(() => undefined);
  }
}

/** Without a decorator no compiler emits the types of the parameters. */
class Untyped {
  constructor(readonly rates: object) {}
}

describe('mistakes in providers and modules', () => {
  it('explains a class without a decorator, and does not say besides that nothing provides it', async () => {
    class Asking {
      static readonly inject = [Untyped];
      constructor(readonly untyped: Untyped) {}
    }

    expect(await explainedStart({ functions, providers: [Untyped, Asking] })).toBe(
      `Application "application" has 1 mistake.

1. METADATA_MISSING: class Untyped needs parameter 0 (rates), but has no decorator, and types are emitted only for classes that have one.
   Where: class Untyped
   Do:    Put @injectable() on class Untyped, or name the tokens: static inject = [token, …].
`,
    );
  });

  it('explains a class that was compiled without metadata', async () => {
    class Compiled extends Untyped {
      constructor(rates: object) {
        super(rates);
      }
    }
    injectable()(Compiled);

    expect(await explainedStart({ functions, providers: [Compiled] })).toBe(
      `Application "application" has 1 mistake.

1. METADATA_MISSING: class Compiled needs parameter 0 (rates), but the compiler emitted no parameter types for it.
   Where: class Compiled
   Do:    Set experimentalDecorators and emitDecoratorMetadata in tsconfig.json and build with tsc or SWC (tsx and esbuild emit no types), or name the tokens with @inject(token) or static inject = [token, …].
`,
    );
  });

  it('names the files where the token of a scanned class is undefined because they import each other', () => {
    const file = (name: string): string => fileURLToPath(new URL(`../fixtures/scan-circular/${name}.js`, import.meta.url));
    const problem = new StatefunError('METADATA_MISSING', 'class Customer: the token of parameter 0 is undefined.', {
      facts: { className: 'Customer', erased: true },
      hint: 'Two files that import each other can see undefined.',
    });
    const found = [{ file: file('customer'), className: 'Customer', kind: 'function' }];
    const invalid = new StatefunError('APPLICATION_INVALID', 'one mistake', { facts: { problems: [problem], found } });

    const circle = ['customer', 'order', 'describe', 'customer'].map((name) => relative('.', file(name))).join(' → ');
    expect(explained(invalid)).toContain(
      `Do:    Two files that import each other can see undefined. Files import each other: ${circle}. Move`,
    );
  });

  it('explains providers that need each other', async () => {
    const providers = [
      { provide: 'catalogue', useFactory: () => 1, inject: ['warehouse'] },
      { provide: 'warehouse', useFactory: () => 1, inject: ['catalogue'] },
    ];
    expect(await explainedStart({ functions, providers })).toBe(
      `Application "application" has 1 mistake.

1. PROVIDER_CIRCULAR: providers need each other in a circle.
   Where: "catalogue" → "warehouse" → "catalogue"
   Do:    Move their common part into a third class. Or inject into one of them a factory that creates the other when it is needed.
`,
    );
  });

  it('explains a missing provider with the path of who asked and the nearest name', async () => {
    const providers = [
      { provide: 'prices', useFactory: () => 1, inject: ['clock'] },
      { provide: 'catalogue', useFactory: () => 1, inject: ['prices'] },
      { provide: 'clocks', useValue: 1 },
    ];
    expect(await explainedStart({ functions, providers })).toBe(
      `Application "application" has 1 mistake.

1. PROVIDER_MISSING: nothing provides "clock".
   Where: inject[0] of the provider of "prices"; injected by "catalogue" → "prices" → "clock"
   Do:    Did you mean "clocks"? Add a provider for it to the application or one of its modules, or mark the parameter with @optional().
`,
    );
  });

  it('says what is provided where no name comes near', async () => {
    const providers = [
      { provide: 'prices', useFactory: () => 1, inject: ['clock'] },
      { provide: 'catalogue', useValue: 1 },
    ];
    expect(await explainedStart({ functions, providers })).toMatch(
      /\n {3}Do: {4}Add a provider for it .*@optional\(\)\. Provided are: "catalogue", "prices"/,
    );
  });

  it('explains a provider that throws by what is behind it', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      port: 5432,
    });
    const providers = [{ provide: 'database', useFactory: () => Promise.reject(refused) }];
    expect(await explainedStart({ functions, providers })).toBe(
      `Application "application" has 1 mistake.

1. PROVIDER_FAILED: the factory of "database" threw: connect ECONNREFUSED 127.0.0.1:5432
   Where: the factory of "database"
   Do:    Nothing listens at 127.0.0.1:5432: start the service that should, or correct the address.
`,
    );
  });

  it('names the causes of a provider that throws', async () => {
    const failing = (): never => {
      throw new Error('no rates', { cause: new TypeError('rates.json is empty') });
    };
    expect(await explainedStart({ functions, providers: [{ provide: 'rates', useFactory: failing }] })).toBe(
      `Application "application" has 1 mistake.

1. PROVIDER_FAILED: the factory of "rates" threw: no rates
   Where: the factory of "rates"
   Do:    Correct the cause of this error; LOG_LEVEL=debug shows the stack.
   Cause: TypeError: rates.json is empty
`,
    );
  });

  it('explains a @PostConstruct that never settles', async () => {
    const clock = new ManualClock();
    const text = explainedStart({ functions, providers: [NeverReady] }, { lifecycle: { clock, postConstructDeadline: '30s' } });
    expect(await settled(text, clock)).toContain(
      `Application "application" has 1 mistake.

1. LIFECYCLE_TIMEOUT: @PostConstruct NeverReady.connect did not settle within 30000 ms.
   Where: class NeverReady
   Do:    Find out why it waits`,
    );
  });

  it('explains modules that import each other', async () => {
    const modulesOfA: ReturnType<typeof defineModule>[] = [];
    const a = defineModule({ name: 'a', modules: modulesOfA } satisfies ModuleOptions);
    modulesOfA.push(defineModule({ name: 'b', modules: [a] }));
    expect(await explainedStart({ functions, modules: [a] })).toBe(
      `Application "application" has 1 mistake.

1. MODULE_CIRCULAR: modules import each other in a circle.
   Where: module "a" → module "b" → module "a"
   Do:    Move their common part into a third module.
`,
    );
  });
});
