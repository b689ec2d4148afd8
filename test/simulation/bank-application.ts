import { defineApplication } from '../../src/application/definition.ts';
import { memoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import type { CloudEvent, NewEvent } from '../../src/envelope/cloud-event.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { systemClock, type Clock } from '../../src/shared/time/clock.ts';
import { sleep } from '../../src/shared/time/sleep.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';

/** A service outside: it remembers every payment, and would pay twice if it were asked twice. */
export const outside = { paid: 0 };

interface Amount {
  readonly amount: number;
}

/** Accounts that are right, and handlers that are wrong in one way each. */
@StatefunFunction('bank/account')
export class AccountFunction {
  static inject = ['clock'];
  @Persisted() private readonly balance = PersistedValue.of<number>();
  @Persisted() private readonly last = PersistedValue.of<number>();
  @Persisted() private readonly luck = PersistedValue.of<number>();

  constructor(private readonly clock: Clock) {}

  @Handles('deposit')
  onDeposit({ data }: CloudEvent<Amount>, context: Context): void {
    this.balance.set(this.balance.getOrDefault(0) + data.amount);
    context.egress('bank/out', { type: 'deposited', data });
  }

  @Handles('pay')
  onPay({ data }: CloudEvent<Amount>): void {
    outside.paid += data.amount;
    this.balance.set(this.balance.getOrDefault(0) - data.amount);
  }

  @Handles('set')
  onSet({ data }: CloudEvent<Amount>): void {
    this.last.set(data.amount);
  }

  @Handles('wait')
  async onWait({ data }: CloudEvent<Amount>, context: Context): Promise<void> {
    await sleep(this.clock, 1_000, context.signal);
    this.balance.set(this.balance.getOrDefault(0) + data.amount);
  }

  @Handles('hang')
  async onHang(_event: CloudEvent, context: Context): Promise<void> {
    await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(new Error('aborted'))));
  }

  @Handles('outside')
  async onOutside(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  @Handles('luck')
  onLuck(): void {
    this.luck.set(Math.random());
  }

  @Handles('remind')
  onRemind(event: CloudEvent, context: Context): void {
    context.sendAfter('1h', context.self.type, context.self.id, event);
  }
}

@StatefunFunction('bank/strict', { retry: { attemptsMax: 1 }, onFailure: 'stop' })
export class StrictFunction {
  @Handles()
  onAnything(): void {
    throw new Error('cannot go on');
  }
}

@Forwarder()
export class ToAccount implements EventForwarder {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(event.type === 'strict' ? StrictFunction : AccountFunction, 'a', event);
  }
}

export const bank = defineApplication({
  name: 'bank',
  functions: [AccountFunction, StrictFunction],
  forwarders: [ToAccount],
  egress: [memoryEgress('bank/out')],
  providers: [{ provide: 'clock', useValue: systemClock }],
});

/** An event of one partition; those of different partitions come in any order. */
export function event(type: string, amount = 1, partitionkey = 'one'): NewEvent {
  return { type, data: { amount }, partitionkey };
}
