import { defineApplication, type ApplicationOptions } from '../../src/application/definition.ts';
import type { CloudEvent, NewEvent } from '../../src/envelope/cloud-event.ts';
import type { Egress } from '../../src/egress/egress.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';
import type { Ingress } from '../../src/ingress/ingress.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';

export const stationType = 'weather/station';

/** Keeps the last measurement of a place and tells whoever is subscribed. */
@StatefunFunction(stationType, { retry: { attemptsMax: 2, delay: '1s' }, handlerTimeout: '10s' })
export class StationFunction {
  static inject = ['unit'];
  @Persisted() private readonly last = PersistedValue.of<number>();

  constructor(private readonly unit: string) {}

  @Handles('measured')
  onMeasured(event: CloudEvent, context: Context): void {
    const { degrees } = event.data as { readonly degrees: number };
    if (degrees > 1000) throw new Error(`${degrees} ${this.unit} is no weather`);
    this.last.set(degrees);
    context.publish({ type: 'changed', data: { degrees } });
    context.egress('weather/out', { type: 'measured', data: { degrees, unit: this.unit } });
  }

  @Handles('hang')
  onHang(): Promise<void> {
    return new Promise(() => undefined);
  }

  @OnSubscribe()
  current(): NewEvent | undefined {
    return this.last.exists() ? { type: 'changed', data: { degrees: this.last.get() } } : undefined;
  }
}

/** Warns of frost, and takes the warning back a day later. */
@StatefunFunction('weather/watch')
export class WatchFunction {
  @Persisted() private readonly cold = PersistedValue.of<boolean>();

  @Handles('watched')
  onWatched(event: CloudEvent, context: Context): void {
    context.subscribe(stationType, (event.data as { readonly place: string }).place);
  }

  @Handles('changed')
  onChanged(event: CloudEvent, context: Context): void {
    if ((event.data as { readonly degrees: number }).degrees >= 0) return;
    this.cold.set(true);
    context.egress('weather/alarm', { type: 'frost', data: { watch: context.self.id } });
    context.sendAfter('1d', 'weather/watch', context.self.id, { type: 'over', data: null }, { cancellationToken: 'over' });
  }

  @Handles('over')
  onOver(_event: CloudEvent, context: Context): void {
    this.cold.clear();
    context.egress('weather/alarm', { type: 'over', data: { watch: context.self.id } });
  }
}

@Forwarder()
class WeatherEvents implements EventForwarder {
  accept({ type }: CloudEvent): boolean {
    return ['measured', 'hang', 'watched'].includes(type);
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    const { place, watch } = event.data as { readonly place: string; readonly watch?: string };
    if (watch === undefined) downstream.send(stationType, place, event);
    else downstream.send('weather/watch', watch, event);
  }
}

/** A declared port that must never be touched by a test. */
const untouched = (): never => {
  throw new Error('the declared port was used');
};
const declaredIngress: Ingress = { id: 'weather', description: 'never started', start: untouched, stop: untouched };
const declaredEgress = (id: string): Egress => ({ id, description: 'never started', start: untouched, send: untouched, stop: untouched });

export const weather = (options: ApplicationOptions = {}): ReturnType<typeof defineApplication> =>
  defineApplication({
    functions: [StationFunction, WatchFunction],
    forwarders: [WeatherEvents],
    providers: [{ provide: 'unit', useValue: '°C' }],
    ingress: [declaredIngress],
    egress: [declaredEgress('weather/out'), declaredEgress('weather/alarm')],
    ...options,
  });

export const measured = (place: string, degrees: number): NewEvent => ({ type: 'measured', data: { place, degrees } });
export const watched = (place: string, watch: string): NewEvent => ({ type: 'watched', data: { place, watch } });
