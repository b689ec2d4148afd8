import { describe, expect, it } from '@jest/globals';
import { assembleApplication, type AssembledApplication } from '../../src/application/assemble.ts';
import { defineApplication, defineModule, type ApplicationDefinition } from '../../src/application/definition.ts';
import { memoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../src/connectors/memory/memory-ingress.ts';
import type { Egress } from '../../src/egress/egress.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import type { Downstream } from '../../src/forwarders/event-forwarder.ts';
import { forwardTo } from '../../src/forwarders/forward-to.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { Ingress } from '../../src/ingress/ingress.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import type { ClassOf } from '../../src/shared/metadata.ts';
import { readingEvents } from './fixtures/scan-values/reading-events.ts';
import { reading, ReadingEvents, ReportFunction, TotalFunction } from './classes.ts';

const scanned = new URL('./fixtures/scan/', import.meta.url);

async function failureOf(assembled: Promise<AssembledApplication>): Promise<StatefunError> {
  try {
    await assembled;
  } catch (error) {
    if (StatefunError.is(error)) return error;
    throw error;
  }
  throw new Error('the application was assembled');
}

async function codesOf(application: ApplicationDefinition): Promise<readonly string[]> {
  const failure = await failureOf(assembleApplication(application));
  return (failure.facts['problems'] as readonly StatefunError[]).map(({ code }) => code);
}

describe('assembling an application', () => {
  it('puts together what the application and its modules contribute, each module once', async () => {
    const shared = defineModule({ name: 'shared', providers: [{ provide: 'unit', useValue: 'kWh' }] });
    const reports = defineModule({ functions: [ReportFunction], egress: [memoryEgress('meter/totals')], modules: [shared] });
    const application = defineApplication({
      name: 'meters',
      modules: [reports, defineModule({ modules: [shared, reports], forwarders: [ReadingEvents] })],
      functions: [TotalFunction],
      ingress: [memoryIngress()],
    });

    const assembled = await assembleApplication(application);

    expect(assembled.name).toBe('meters');
    expect(assembled.functions.types()).toEqual(['meter/report', 'meter/total']);
    expect(assembled.forwarders).toEqual(['ReadingEvents']);
    expect(assembled.ingress.map(({ id }) => id)).toEqual(['memory']);
    expect(assembled.egress.map(({ id }) => id)).toEqual(['meter/totals']);
  });

  it('takes a value of forwardTo as it takes a class, listed or scanned, and once', async () => {
    const scan = [new URL('./fixtures/scan-values/', import.meta.url)];
    const { router, forwarders } = await assembleApplication(
      defineApplication({ functions: [TotalFunction], forwarders: [readingEvents], scan }),
    );

    expect(forwarders).toEqual(['forwardTo(meter/total, meter.reading)']);
    expect(router.route(Envelope.ofEvent(reading('1', 'm1', 5)), 'o').map(({ target }) => target)).toEqual([
      { type: 'meter/total', id: 'm1' },
    ]);
  });

  it('reports a target of forwardTo that no function of the application has', async () => {
    const forwarders = [forwardTo('meter/totl', 'meter.reading', () => 'all'), forwardTo(TotalFunction, 'meter.other', () => 'all')];
    const failure = await failureOf(assembleApplication(defineApplication({ functions: [TotalFunction], forwarders })));

    expect(failure.message).toContain('UNKNOWN_FUNCTION: nothing handles function type "meter/totl"');
    expect(failure.message).toContain('forwarder forwardTo(meter/totl, meter.reading). Registered types: meter/total.');
    expect(failure.facts['problems']).toHaveLength(1);
  });

  it('asks listed forwarders in their order, then scanned ones by class name', async () => {
    class Sending {
      forward(event: CloudEvent, downstream: Downstream): void {
        downstream.send(TotalFunction, 'any', event);
      }
    }
    @Forwarder('scan.apple')
    class ZListed extends Sending {}
    @Forwarder('scan.apple')
    class AListed extends Sending {}
    const application = defineApplication({ functions: [TotalFunction], forwarders: [ZListed, AListed], scan: [scanned] });

    const { forwarders, router } = await assembleApplication(application);

    expect(forwarders).toEqual(['ZListed', 'AListed', 'AppleEvents', 'ZebraEvents']);
    const messages = router.route(Envelope.ofEvent({ ...reading('1', 'm1', 1), type: 'scan.apple' }), 'origin');
    expect(messages.map(({ forwarder }) => forwarder)).toEqual(['ZListed', 'AListed']);
  });

  it('counts a class that is listed and scanned once', async () => {
    const { BasketFunction } = await import('./fixtures/scan/basket-function.ts');

    const { functions, report } = await assembleApplication(defineApplication({ functions: [BasketFunction], scan: [scanned] }));

    expect(functions.types()).toEqual(['scan/basket']);
    expect(report.found).toHaveLength(3);
  });

  it('lets the application replace a provider of a module, and a host replace both', async () => {
    @StatefunFunction('test/unit')
    class UnitFunction {
      static readonly inject = ['unit'];
      constructor(readonly unit: string) {}
      @Handles() onAny(): void {}
    }
    const unit = (useValue: string): { provide: string; useValue: string } => ({ provide: 'unit', useValue });
    const module = defineModule({ providers: [unit('module')], functions: [UnitFunction] });
    const unitOf = ({ functions }: AssembledApplication): unknown => (functions.get('test/unit')?.create() as UnitFunction).unit;

    const plain = await assembleApplication(defineApplication({ modules: [module] }));
    const replaced = await assembleApplication(defineApplication({ modules: [module], providers: [unit('application')] }));
    const hosted = await assembleApplication(defineApplication({ modules: [module], providers: [unit('application')] }), {
      providers: [unit('host')],
    });

    expect([unitOf(plain), unitOf(replaced), unitOf(hosted)]).toEqual(['module', 'application', 'host']);
  });

  it('puts the ingress and egress of a host in place of the declared ones', async () => {
    const application = defineApplication({
      functions: [TotalFunction],
      ingress: [memoryIngress({ id: 'own' })],
      egress: [memoryEgress('own/egress')],
    });
    const egress = memoryEgress('host/egress');

    const assembled = await assembleApplication(application, { ingress: [], egress: [egress] });

    expect([assembled.ingress, assembled.egress]).toEqual([[], [egress]]);
  });

  it('takes only the classes a host names, scanning nothing', async () => {
    const application = defineApplication({
      functions: [TotalFunction],
      forwarders: [ReadingEvents],
      scan: [new URL('./absent/', import.meta.url)],
    });

    const assembled = await assembleApplication(application, { only: [ReportFunction] });

    expect(assembled.functions.types()).toEqual(['meter/report']);
    expect(assembled.forwarders).toEqual([]);
  });

  it('is named by the application, then by the host, then "application"', async () => {
    const unnamed = defineApplication({ functions: [TotalFunction] });

    expect((await assembleApplication(unnamed)).name).toBe('application');
    expect((await assembleApplication(unnamed, { defaultName: 'cart' })).name).toBe('cart');
    expect((await assembleApplication(defineApplication({ name: 'own', functions: [TotalFunction] }), { defaultName: 'cart' })).name).toBe(
      'own',
    );
  });

  it('builds every container anew', async () => {
    const application = defineApplication({ functions: [TotalFunction], providers: [{ provide: 'x', useFactory: () => ({}) }] });

    const [first, second] = [await assembleApplication(application), await assembleApplication(application)];

    expect(first.functions).not.toBe(second.functions);
    expect(first.router).not.toBe(second.router);
  });
});

describe('an application with mistakes', () => {
  it('is refused with all of them at once, numbered, each with what to do', async () => {
    @StatefunFunction('no-slash')
    class BadType {
      @Handles() onAny(): void {}
    }
    @StatefunFunction('test/idle')
    class NoHandlers {}
    @StatefunFunction('meter/total')
    class SameType {
      @Handles() onAny(): void {}
    }
    @StatefunFunction('test/needs')
    class NeedsMissing {
      static readonly inject = ['absent'];
      @Handles() onAny(): void {}
    }
    class Undecorated {}
    @Forwarder()
    class WithoutAccept {
      forward(): void {}
    }
    class WithoutForward {}
    Forwarder('x')(WithoutForward as unknown as ClassOf<{ forward(): void }>);
    const application = defineApplication({
      name: 'ten',
      functions: [TotalFunction, BadType, NoHandlers, SameType, NeedsMissing],
      forwarders: [WithoutAccept, WithoutForward, Undecorated],
      scan: [new URL('./absent/', import.meta.url)],
      ingress: [memoryIngress(), memoryIngress()],
      egress: [memoryEgress('a/b'), memoryEgress('a/b')],
    });

    const failure = await failureOf(assembleApplication(application));

    expect(failure.code).toBe('APPLICATION_INVALID');
    expect(failure.summary).toContain('application "ten" has 10 mistakes:');
    expect((failure.facts['problems'] as readonly StatefunError[]).map(({ code }) => code)).toEqual([
      'SCAN_FOLDER_MISSING',
      'INVALID_FUNCTION_TYPE',
      'FUNCTION_WITHOUT_HANDLERS',
      'DUPLICATE_FUNCTION_TYPE',
      'PROVIDER_MISSING',
      'FORWARDER_WITHOUT_ACCEPT',
      'FORWARDER_WITHOUT_FORWARD',
      'NOT_A_FORWARDER_CLASS',
      'DUPLICATE_INGRESS_NAME',
      'DUPLICATE_EGRESS_ID',
    ]);
    expect(failure.message).toContain('  2. INVALID_FUNCTION_TYPE: "no-slash" is not a function type (class BadType).\n       Hint: ');
    expect(failure.message.match(/^ {2,3}\d+\. [A-Z_]+: /gm)).toHaveLength(10);
    expect(failure.message.match(/^ {7}Hint: /gm)).toHaveLength(10);
  });

  it.each([
    ['no function at all', {}, ['APPLICATION_WITHOUT_FUNCTIONS']],
    ['what is no module', { functions: [TotalFunction], modules: [{ options: {} }] }, ['NOT_A_MODULE']],
    ['a class without @StatefunFunction', { functions: [TotalFunction, class Plain {}] }, ['NOT_A_FUNCTION_CLASS']],
    ['an undefined class', { functions: [TotalFunction, undefined as unknown as ClassOf] }, ['NOT_A_FUNCTION_CLASS']],
    ['what is no ingress', { functions: [TotalFunction], ingress: [{ id: 'x' } as Ingress] }, ['INGRESS_INVALID']],
    ['what is no egress', { functions: [TotalFunction], egress: [{ id: 'x/y' } as Egress] }, ['EGRESS_INVALID']],
    ['an egress id without a slash', { functions: [TotalFunction], egress: [memoryEgress('status')] }, ['INVALID_FUNCTION_TYPE']],
    [
      'one token provided twice',
      {
        functions: [TotalFunction],
        providers: [
          { provide: 'a', useValue: 1 },
          { provide: 'a', useValue: 2 },
        ],
      },
      ['PROVIDER_DUPLICATE'],
    ],
  ])('is refused for %s', async (_, options, codes) => {
    expect(await codesOf(defineApplication(options))).toEqual(codes);
  });

  it('is refused when two modules provide one token and the application does not decide', async () => {
    const [first, second] = ['first', 'second'].map((name) => defineModule({ name, providers: [{ provide: 'unit', useValue: name }] }));
    const modules = [first, second].filter((module) => module !== undefined);

    expect(await codesOf(defineApplication({ functions: [TotalFunction], modules }))).toEqual(['PROVIDER_DUPLICATE']);
    await assembleApplication(
      defineApplication({ functions: [TotalFunction], modules, providers: [{ provide: 'unit', useValue: 'own' }] }),
    );
  });

  it('reports a function whose constructor throws, with the cause', async () => {
    @StatefunFunction('test/throwing')
    class Throwing {
      constructor() {
        throw new Error('no licence');
      }
      @Handles() onAny(): void {}
    }

    const failure = await failureOf(assembleApplication(defineApplication({ functions: [Throwing] })));

    expect(failure.summary).toContain('PROVIDER_FAILED: the constructor of class Throwing threw: no licence');
  });

  it('is refused when it is no application at all', async () => {
    await expect(assembleApplication({ options: {} })).rejects.toMatchObject({ code: 'NOT_AN_APPLICATION' });
  });
});
