import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedList } from '../../../src/state/persisted-list.ts';
import { PersistedTable } from '../../../src/state/persisted-table.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { bytesType, int64Type, stringType } from '../../../src/state/state-type.ts';

/** The function whose state is kept in test/resources/state-folders. Changing its cells changes what the kept folders mean. */
@StatefunFunction('kept/parcel', { retry: { attemptsMax: 2, delay: '2h', delayMax: '2h' } })
export class Parcel {
  @Persisted() readonly count = PersistedValue.of<number>();
  @Persisted() readonly items = PersistedTable.of<{ n: number }>();
  @Persisted() readonly notes = PersistedList.of<string>();
  @Persisted() readonly label = PersistedValue.of({ type: stringType() });
  @Persisted() readonly large = PersistedValue.of({ type: int64Type() });
  @Persisted() readonly seal = PersistedValue.of({ type: bytesType() });

  @Handles('pack')
  onPack(event: CloudEvent<{ item: string }>, context: Context): void {
    const count = this.count.getOrDefault(0) + 1;
    this.count.set(count);
    this.items.set(event.data.item, { n: count });
    this.notes.append(`packed ${event.data.item}`);
    this.label.set('a parcel');
    this.large.set(9_007_199_254_740_993n);
    this.seal.set(Uint8Array.of(0xff, 0, 1));
    context.egress('test/out', { type: 'was-packed', data: { item: event.data.item } });
    if (count % 2 === 0) context.egress('test/labels', { type: 'labelled', data: { count } });
  }

  @Handles('unpack')
  onUnpack(event: CloudEvent<{ item: string }>): void {
    this.items.delete(event.data.item);
  }

  @Handles('remind')
  onRemind(event: CloudEvent<{ item: string }>, context: Context): void {
    context.sendAfter(
      '1h',
      'kept/parcel',
      context.self.id,
      { type: 'pack', data: { item: event.data.item } },
      { cancellationToken: 'reminder' },
    );
  }

  @Handles('jam')
  onJam(): void {
    throw new RangeError('the parcel is jammed');
  }
}

/** Fails at once: its messages become dead letters. */
@StatefunFunction('kept/broken', { retry: { attemptsMax: 1 } })
export class Broken {
  @Handles('pack')
  onPack(): void {
    // A stack of its own: the real one names the folders of whoever writes the state.
    throw Object.assign(new RangeError('the parcel is broken'), { stack: 'RangeError: the parcel is broken' });
  }
}
