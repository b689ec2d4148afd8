import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { Downstream } from '../../src/forwarders/event-forwarder.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { eventType, type EventOf } from '../../src/envelope/event-type.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { Context } from '../../src/functions/context.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';

export const Reading = eventType<{ meter: string; amount: number }>('meter.reading', { source: '/test' });

/** Two functions that make a small application: each reading is added up, and the total reported to the second, which sends it out. */
@StatefunFunction('meter/total')
export class TotalFunction {
  @Persisted() private readonly total = PersistedValue.of<number>();

  @Handles(Reading)
  onReading(event: EventOf<typeof Reading>, context: Context): void {
    const total = (this.total.get() ?? 0) + event.data.amount;
    this.total.set(total);
    context.send('meter/report', 'all', { type: 'meter.total', source: '/test', data: { meter: context.self.id, total } });
  }
}

@StatefunFunction('meter/report')
export class ReportFunction {
  @Handles('meter.total')
  onTotal(event: CloudEvent, context: Context): void {
    context.egress('meter/totals', event);
  }
}

@Forwarder(Reading)
export class ReadingEvents {
  forward(event: EventOf<typeof Reading>, downstream: Downstream): void {
    downstream.send(TotalFunction, event.data.meter, event);
  }
}

export function reading(id: string, meter: string, amount: number): CloudEvent {
  return { specversion: '1.0', id, source: '/test', type: 'meter.reading', data: { meter, amount } };
}
