import { describe, expect, it } from '@jest/globals';
import {
  configuration,
  defineApplication,
  defineModule,
  eventType,
  Handles,
  inject,
  injectable,
  LoggerToken,
  named,
  OnApplicationEvent,
  optional,
  Persisted,
  PersistedValue,
  PostConstruct,
  PreDestroy,
  runApplication,
  StatefunFunction,
  type ApplicationDefinition,
  type EventOf,
  type Logger,
} from 'statefun';
import { createLogger } from 'statefun/running';
import { ConditionalOnMissingProvider, ConditionalOnProfile } from 'statefun/injection';
import { MemoryStore } from 'statefun/storage';
import { testApplication, testFunction } from 'statefun/testing';
import { z } from 'zod';

// The code in docs/modules-and-injection.md, and that it does what the document says.

// #region class
export class Rounding {
  round(cents: number): number {
    return Math.round(cents / 5) * 5;
  }
}
// #endregion class

// #region interface
export interface ExchangeRates {
  rate(currency: string): number;
}
export const ExchangeRatesToken = Symbol('ExchangeRates');
// #endregion interface

export class FixedRates implements ExchangeRates {
  readonly #rates: Readonly<Record<string, number>>;

  constructor(rates: Readonly<Record<string, number>>) {
    this.#rates = rates;
  }

  rate(currency: string): number {
    return this.#rates[currency] ?? 1;
  }
}

// #region function
const Priced = eventType<{ readonly cents: number; readonly currency: string }>('shop.priced');

@StatefunFunction('shop/price')
export class PriceFunction {
  @Persisted() private readonly cents = PersistedValue.of<number>();

  constructor(
    private readonly rounding: Rounding,
    @inject(ExchangeRatesToken) private readonly rates: ExchangeRates,
    @inject('discount') @named('summer') @optional() private readonly discount: number | undefined,
  ) {}

  @Handles(Priced)
  onPriced({ data }: EventOf<typeof Priced>): void {
    const cents = data.cents * this.rates.rate(data.currency) * (1 - (this.discount ?? 0));
    this.cents.set(this.rounding.round(cents));
  }
}
// #endregion function

// #region static-inject
export class Converter {
  static readonly inject = [ExchangeRatesToken, Rounding];

  constructor(
    private readonly rates: ExchangeRates,
    private readonly rounding: Rounding,
  ) {}

  convert(cents: number, currency: string): number {
    return this.rounding.round(cents * this.rates.rate(currency));
  }
}
// #endregion static-inject

async function readRates(): Promise<Readonly<Record<string, number>>> {
  return { USD: 0.9 };
}

// #region module
export const pricing = defineModule({
  name: 'pricing',
  functions: [PriceFunction],
  providers: [
    Rounding,
    { provide: ExchangeRatesToken, useFactory: async () => new FixedRates(await readRates()) },
    { provide: 'discount', named: 'summer', useValue: 0.1 },
    { provide: Converter, useClass: Converter, scope: 'transient' },
  ],
});

export const shop = defineApplication({ name: 'shop', modules: [pricing] });
// #endregion module

const log: string[] = [];
async function connect(): Promise<{ close(): Promise<void> }> {
  log.push('connected');
  return { close: async () => void log.push('closed') };
}

// #region lifecycle
export class Catalogue {
  #connection: { close(): Promise<void> } | undefined;

  constructor(@inject(LoggerToken) private readonly logger: Logger) {}

  @PostConstruct()
  async open(): Promise<void> {
    this.#connection = await connect();
  }

  @OnApplicationEvent('started')
  onStarted(): void {
    this.logger.info('customers can come');
  }

  @PreDestroy()
  async close(): Promise<void> {
    await this.#connection?.close();
  }
}
// #endregion lifecycle

// #region conditions
export const MailerToken = Symbol('Mailer');

@ConditionalOnProfile('production')
export class SmtpMailer {}

@ConditionalOnMissingProvider(MailerToken)
export class PrintingMailer {}

export const mail = defineModule({
  name: 'mail',
  providers: [
    { provide: MailerToken, useClass: SmtpMailer },
    { provide: MailerToken, useClass: PrintingMailer },
  ],
  exports: [MailerToken],
});
// #endregion conditions

// #region configuration
export class PricingConfiguration extends configuration('pricing', z.object({ maxDiscount: z.number().max(1).default(0.5) })) {}

@injectable()
export class Discounts {
  constructor(private readonly settings: PricingConfiguration) {}

  limit(discount: number): number {
    return Math.min(discount, this.settings.maxDiscount);
  }
}

export const discounts = defineModule({ name: 'discounts', configuration: [PricingConfiguration], providers: [Discounts] });
// #endregion configuration

@StatefunFunction('shop/probe')
class ProbeFunction {
  static readonly received: unknown[] = [];

  constructor(@inject('probed') probed: unknown) {
    ProbeFunction.received.push(probed);
  }

  @Handles()
  onEvent(): void {}
}

/** What a provider of the application is, as a function receives it. */
async function probe(definition: Omit<ApplicationDefinition['options'], 'functions'>, profile = ''): Promise<unknown> {
  const application = await testApplication(defineApplication({ ...definition, functions: [ProbeFunction] }), { profile });
  await application.stop();
  return ProbeFunction.received.at(-1);
}

describe('docs/modules-and-injection.md', () => {
  it('gives a function what its constructor asks for', async () => {
    const price = await testFunction(PriceFunction, { application: shop });

    await price.receives(Priced.create({ cents: 1000, currency: 'USD' }));

    // 1000 × 0.9 × 0.9 = 810
    expect(price.state).toEqual({ cents: 810 });
  });

  it('lets a test replace a provider', async () => {
    // #region replace
    const rates: ExchangeRates = { rate: () => 2 };
    const price = await testFunction(PriceFunction, {
      application: shop,
      providers: [{ provide: ExchangeRatesToken, useValue: rates }],
    });
    // #endregion replace

    await price.receives(Priced.create({ cents: 1000, currency: 'USD' }));

    expect(price.state).toEqual({ cents: 1800 });
  });

  it('opens what has @PostConstruct before the start is over and closes it at the stop', async () => {
    const providers = [Catalogue, { provide: 'probed', useValue: 1 }];
    const application = defineApplication({ name: 'catalogue', functions: [ProbeFunction], providers });
    const logger = createLogger({ level: 'info', format: 'text', write: (line) => void log.push(line) });

    // #region run
    const running = await runApplication(application, { store: new MemoryStore(), logger });

    await running.whenQuiet();
    await running.stop();
    // #endregion run

    expect(log).toEqual([
      'connected',
      expect.stringContaining('started catalogue'),
      expect.stringContaining('customers can come'),
      'closed',
      expect.stringContaining('stopped'),
    ]);
  });

  it.each([
    ['production', SmtpMailer],
    ['development', PrintingMailer],
  ])('chooses the mailer of the profile %s', async (profile, expected) => {
    const providers = [{ provide: 'probed', useFactory: (mailer: object) => mailer, inject: [MailerToken] }];

    expect(await probe({ modules: [mail], providers }, profile)).toBeInstanceOf(expected);
  });

  it('checks and injects what an application configures itself', async () => {
    const providers = [{ provide: 'probed', useFactory: (found: Discounts) => found.limit(0.9), inject: [Discounts] }];

    expect(await probe({ modules: [discounts], providers })).toBe(0.5);
  });
});
