import { afterEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { hasCode } from '../../src/shared/errors.ts';
import type { LogFields, Logger } from '../../src/shared/logger.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { EngineBed } from './engine-bed.ts';

/** Sends what it is given on, without end, as long as the world lasts. */
const world = { ends: false, sent: 0 };

@StatefunFunction('test/ping')
class Ping {
  @Handles('ball')
  onBall(event: CloudEvent, context: Context): void {
    world.sent += 1;
    if (!world.ends) context.send('test/pong', context.self.id, event);
  }
}

@StatefunFunction('test/pong')
class Pong {
  @Handles('ball')
  async onBall(event: CloudEvent, context: Context): Promise<void> {
    if ((event.data as { readonly slow?: true }).slow === true) await Promise.resolve();
    context.send('test/ping', context.self.id, event);
  }
}

@StatefunFunction('test/echo')
class Echo {
  @Handles('ball')
  onBall(event: CloudEvent, context: Context): void {
    world.sent += 1;
    if (!world.ends) context.send('test/echo', context.self.id, event);
  }
}

/** Comes back with a delay that is none. */
@StatefunFunction('test/again')
class Again {
  @Handles('ball')
  onBall(event: CloudEvent, context: Context): void {
    context.sendAfter(0, 'test/again', context.self.id, event);
  }
}

@StatefunFunction('test/counter')
class Counter {
  @Persisted() readonly count = PersistedValue.of<number>();

  @Handles('count')
  onCount(_event: CloudEvent, context: Context): void {
    this.count.set(this.count.getOrDefault(0) + 1);
    context.egress('test/out', { type: 'counted', data: { count: this.count.get(), sent: world.sent } });
  }
}

class WarningLog implements Logger {
  readonly warnings: unknown[] = [];
  readonly debug = (): void => undefined;
  readonly info = (): void => undefined;
  readonly error = (): void => undefined;
  readonly warn = (_text: string, fields?: LogFields): void => void this.warnings.push(fields?.['error']);
  child(): Logger {
    return this;
  }
}

const classes = [Ping, Pong, Echo, Again, Counter];

describe('functions that message each other without end', () => {
  let bed: EngineBed;
  afterEach(async () => {
    world.ends = true;
    await bed.engine.stop({ deadlineMs: 1_000 });
  });

  async function start(options: ConstructorParameters<typeof EngineBed>[1] = {}): Promise<void> {
    world.ends = false;
    world.sent = 0;
    bed = await EngineBed.start(classes, options);
  }

  it('let a record in after so many invocations, and then one for every ten', async () => {
    await start({ limits: { insideInvocationsMax: 1_000 } });
    bed.feed('test/echo/a', 'ball');
    for (let index = 0; index < 5; index += 1) bed.feed('test/counter/c', 'count');

    while (bed.out.events.length < 5) await new Promise(setImmediate);

    // Behind the message that waits already; then the count of each record is one of the ten.
    const sent = bed.egressData.map((data) => (data as { readonly sent: number }).sent);
    expect(sent[0]).toBe(1_001);
    expect(sent.slice(1).map((at, index) => at - (sent[index] ?? 0))).toEqual([9, 9, 9, 9]);
  });

  it('are named in a warning and in the status, with their share of the time and their rate, until they end', async () => {
    const logger = new WarningLog();
    await start({ limits: { insideInvocationsMax: 1_000 }, logger });
    bed.feed('test/echo/a', 'ball');
    while (logger.warnings.length === 0) await new Promise(setImmediate);

    const [warning] = logger.warnings;
    expect(hasCode(warning, 'MESSAGES_WITHOUT_END')).toBe(true);
    expect(warning).toMatchObject({
      facts: { functions: [{ functionType: 'test/echo', share: 1 }], invocations: 1_000 },
    });
    const { messages } = bed.engine.status;
    expect(messages.endless?.functions).toEqual([{ functionType: 'test/echo', share: 1 }]);
    expect(messages.endless?.perSecond).toBeGreaterThan(0);
    expect(messages.endless?.shareOfTime).toBeGreaterThanOrEqual(0);
    world.ends = true;
    await bed.engine.whenQuiet();
    expect(bed.engine.status.messages).toEqual({ pending: 0, endless: undefined });
  });

  it.each([
    ['one that messages itself', 'test/echo/a', {}, 1],
    ['two, one of them asynchronous', 'test/ping/a', { slow: true }, 1],
    ['one that comes back with a delay of 0', 'test/again/a', {}, 1],
  ])('do not keep a stop waiting, and are there at the next start: %s', async (_name, target, data, left) => {
    const logger = new WarningLog();
    await start({ logger });
    bed.feed(target, 'ball', data);
    while (bed.engine.statistics().invocations < 50) await new Promise(setImmediate);

    // Were the deadline needed, the test would not end.
    await bed.engine.stop({ deadlineMs: 2 ** 31 - 1 });

    const [warning] = logger.warnings.filter((error) => hasCode(error, 'MESSAGES_WITHOUT_END'));
    expect(warning).toBeDefined();
    const { store, clock } = bed;
    bed = await EngineBed.start(classes, { store, clock });
    const { messagesPending, messagesDelayed } = bed.engine.statistics();
    expect(messagesPending + messagesDelayed).toBe(left);
  });
});
