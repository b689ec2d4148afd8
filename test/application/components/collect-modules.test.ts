import { describe, expect, it } from '@jest/globals';
import { assembleApplication, type AssembledApplication } from '../../../src/application/assemble.ts';
import { defineApplication, defineModule, type ApplicationDefinition, type ModuleDefinition } from '../../../src/application/definition.ts';
import type { Provider } from '../../../src/injection/provider.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import type { ClassOf } from '../../../src/shared/metadata.ts';

class Ledger {
  static readonly inject = ['currency'];
  constructor(readonly currency: string) {}
}
const currency = (useValue: string): Provider => ({ provide: 'currency', useValue });

/** A function that asks for a token. */
function functionNeeding(token: string | ClassOf, type = 'test/needs'): ClassOf {
  @StatefunFunction(type)
  class NeedsFunction {
    static readonly inject = [token];
    constructor(readonly given: unknown) {}
    @Handles() onAny(): void {}
  }
  return NeedsFunction;
}

function givenTo({ functions }: AssembledApplication, type = 'test/needs'): unknown {
  return (functions.get(type)?.create() as { readonly given: unknown }).given;
}

async function problemsOf(application: ApplicationDefinition): Promise<readonly StatefunError[]> {
  const failure: unknown = await assembleApplication(application).catch((error: unknown) => error);
  if (!StatefunError.is(failure)) throw new Error('the application was assembled');
  return failure.facts['problems'] as readonly StatefunError[];
}

describe('what a module exports', () => {
  const billing = defineModule({ name: 'billing', providers: [Ledger, currency('EUR')], exports: [Ledger] });

  it('can be asked for by modules that import it and by the application; the rest serves the module itself', async () => {
    const shop = defineModule({ modules: [billing], functions: [functionNeeding(Ledger, 'test/shop')] });
    const application = defineApplication({ modules: [shop], functions: [functionNeeding(Ledger)] });

    const assembled = await assembleApplication(application);

    expect(givenTo(assembled, 'test/shop')).toEqual({ currency: 'EUR' });
    expect(givenTo(assembled)).toEqual({ currency: 'EUR' });
  });

  it('is everything when it does not say', async () => {
    const open = defineModule({ providers: [currency('EUR')] });
    const other = defineModule({ functions: [functionNeeding('currency')] });

    expect(givenTo(await assembleApplication(defineApplication({ modules: [open, other] })))).toBe('EUR');
  });

  it('leaves the rest private: who asks is told which module has it', async () => {
    const shop = defineModule({ name: 'shop', modules: [billing], functions: [functionNeeding('currency')] });

    const [problem, ...others] = await problemsOf(defineApplication({ modules: [shop] }));

    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: 'PROVIDER_NOT_EXPORTED',
      summary: [
        '"currency", parameter 0 (given) of class NeedsFunction is provided by module "billing", which does not export it.',
        '  Injected by: NeedsFunction → "currency".',
      ].join('\n'),
      hint: 'Add it to exports of module "billing", and module "billing" to modules of module "shop".',
    });
  });

  it('is not seen by a module that does not import it', async () => {
    const shop = defineModule({ name: 'shop', functions: [functionNeeding(Ledger)] });

    expect(await problemsOf(defineApplication({ modules: [billing, shop] }))).toMatchObject([
      {
        code: 'PROVIDER_NOT_EXPORTED',
        summary: expect.stringContaining(
          'provided by module "billing", which exports it only to modules that import it, which module "shop" does not.',
        ),
        hint: 'Add module "billing" to modules of module "shop".',
      },
    ]);
  });

  it('is passed on by a module that exports it again', async () => {
    const facade = defineModule({ modules: [billing], exports: [Ledger] });
    const shop = defineModule({ modules: [facade], functions: [functionNeeding(Ledger)] });

    expect(givenTo(await assembleApplication(defineApplication({ modules: [shop] })))).toEqual({ currency: 'EUR' });
  });

  it('lets two modules keep providers of one token to themselves, which only a host replaces', async () => {
    const keeping = (type: string, value: string): ModuleDefinition =>
      defineModule({ providers: [currency(value)], exports: [], functions: [functionNeeding('currency', type)] });
    const application = defineApplication({ modules: [keeping('test/a', 'EUR'), keeping('test/b', 'USD')], providers: [currency('GBP')] });

    const plain = await assembleApplication(application);
    const replaced = await assembleApplication(application, { providers: [currency('XXX')] });

    expect([givenTo(plain, 'test/a'), givenTo(plain, 'test/b')]).toEqual(['EUR', 'USD']);
    expect([givenTo(replaced, 'test/a'), givenTo(replaced, 'test/b')]).toEqual(['XXX', 'XXX']);
  });

  it('must be provided by it or by its modules', async () => {
    const module = defineModule({
      name: 'billing',
      exports: ['invoices'],
      functions: [functionNeeding('currency')],
      providers: [currency('EUR')],
    });

    expect(await problemsOf(defineApplication({ modules: [module] }))).toMatchObject([
      { code: 'MODULE_EXPORT_UNKNOWN', summary: 'module "billing" exports "invoices", which neither it nor its modules provide.' },
    ]);
  });
});

describe('what a scanned class sees', () => {
  it('is what the module sees that scans its folder', async () => {
    const scanning = defineModule({
      scan: [new URL('../fixtures/scan-private/', import.meta.url)],
      providers: [{ provide: 'tariff', useValue: 'private' }],
      exports: [],
    });

    const { functions } = await assembleApplication(defineApplication({ modules: [scanning] }));

    expect(functions.get('scan/tariff')?.create()).toMatchObject({ tariff: 'private' });
  });
});

describe('modules that import each other', () => {
  it('are refused with the circle', async () => {
    const modules: ModuleDefinition[] = [];
    const first = defineModule({ name: 'first', modules, functions: [functionNeeding('currency')], providers: [currency('EUR')] });
    const second = defineModule({ name: 'second', modules: [first] });
    modules.push(defineModule({ name: 'third', modules: [second] }));

    expect(await problemsOf(defineApplication({ modules: [first] }))).toMatchObject([
      {
        code: 'MODULE_CIRCULAR',
        summary: 'modules import each other in a circle: module "first" → module "third" → module "second" → module "first".',
      },
    ]);
  });

  it('say what an undefined import means', async () => {
    const module = defineModule({
      name: 'shop',
      modules: [undefined as unknown as ModuleDefinition],
      functions: [functionNeeding('currency')],
    });

    const [problem] = await problemsOf(defineApplication({ modules: [module], providers: [currency('EUR')] }));

    expect(problem).toMatchObject({
      code: 'NOT_A_MODULE',
      hint: expect.stringContaining('Two files that import each other can see undefined'),
    });
  });
});
