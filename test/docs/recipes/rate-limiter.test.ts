import { describe, expect, it } from '@jest/globals';
import { eventType, Handles, Persisted, PersistedList, PersistedValue, StatefunFunction, type Context, type EventOf } from 'statefun';
import { testFunction, type TestFunction } from 'statefun/testing';

// The code in docs/recipes.md, and that it does what the document says.

// #region rate-limiter
interface Mail {
  readonly number: number;
}
const MailAsked = eventType<Mail>('mail.asked');
const MailRefused = eventType<Mail>('mail.refused');
const WindowOver = eventType('mail.window-over');

const windowMs = 60_000;
const mailsPerWindowMax = 3;
const waitingMax = 5;

/** At most three mails a minute leave for each customer; more of them wait, up to a limit. */
@StatefunFunction('mail/limiter')
export class MailLimiter {
  @Persisted() private readonly windowEnd = PersistedValue.of<number>();
  @Persisted() private readonly passed = PersistedValue.of<number>();
  @Persisted() private readonly waiting = PersistedList.of<Mail>();

  @Handles(MailAsked)
  onAsked({ data }: EventOf<typeof MailAsked>, context: Context): void {
    const isFirst = this.waiting.length === 0;
    // While others wait nobody overtakes them.
    if (isFirst && this.passes(data, context)) return;
    if (this.waiting.length >= waitingMax) return context.egress('mail/refused', MailRefused.create(data));
    this.waiting.append(data);
    if (isFirst) this.wake(context);
  }

  @Handles(WindowOver)
  onWindowOver(_event: EventOf<typeof WindowOver>, context: Context): void {
    const waiting = this.waiting.view();
    const stopped = waiting.findIndex((mail) => !this.passes(mail, context));
    this.waiting.replaceWith(stopped === -1 ? [] : waiting.slice(stopped));
    if (stopped !== -1) this.wake(context);
  }

  private passes(mail: Mail, context: Context): boolean {
    if (context.now() >= this.windowEnd.getOrDefault(0)) {
      this.windowEnd.set(context.now() + windowMs);
      this.passed.set(0);
    }
    const passed = this.passed.getOrDefault(0);
    if (passed >= mailsPerWindowMax) return false;
    this.passed.set(passed + 1);
    context.egress('mail/outgoing', MailAsked.create(mail));
    return true;
  }

  private wake(context: Context): void {
    context.sendAfter(this.windowEnd.getOrDefault(0) - context.now(), MailLimiter, context.self.id, WindowOver.create({}));
  }
}
// #endregion rate-limiter

function numbers(limiter: TestFunction, egressId: string): readonly number[] {
  return limiter.egress.filter((left) => left.egressId === egressId).map(({ event }) => (event.data as Mail).number);
}

describe('docs/recipes.md, a rate limiter', () => {
  it('lets three a minute pass in their order, makes more of them wait, and refuses what is too much', async () => {
    const limiter = await testFunction(MailLimiter, { id: 'Ada' });
    for (let number = 1; number <= 10; number += 1) await limiter.receives(MailAsked.create({ number }));
    expect(numbers(limiter, 'mail/outgoing')).toEqual([1, 2, 3]);
    expect(numbers(limiter, 'mail/refused')).toEqual([9, 10]);

    await limiter.advance('59s');
    expect(numbers(limiter, 'mail/outgoing')).toEqual([1, 2, 3]);
    await limiter.advance('1s');
    expect(numbers(limiter, 'mail/outgoing')).toEqual([1, 2, 3, 4, 5, 6]);

    await limiter.receives(MailAsked.create({ number: 11 }));
    await limiter.advance('1m');
    expect(numbers(limiter, 'mail/outgoing')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 11]);
  });

  it('lets nobody overtake while the message that ends the window is late', async () => {
    const state = { windowEnd: 1_000, passed: 3, waiting: [{ number: 1 }] };
    const limiter = await testFunction(MailLimiter, { id: 'Ada', state, now: 2_000 });

    await limiter.receives(MailAsked.create({ number: 2 }));
    expect(numbers(limiter, 'mail/outgoing')).toEqual([]);

    await limiter.receives(WindowOver.create({}));
    expect(numbers(limiter, 'mail/outgoing')).toEqual([1, 2]);
  });

  it('begins a new window when nobody waits', async () => {
    const limiter = await testFunction(MailLimiter, { id: 'Ada' });
    for (let number = 1; number <= 3; number += 1) await limiter.receives(MailAsked.create({ number }));
    await limiter.advance('1m');
    await limiter.receives(MailAsked.create({ number: 4 }));

    expect(numbers(limiter, 'mail/outgoing')).toEqual([1, 2, 3, 4]);
    expect(limiter.delayed).toEqual([]);
  });
});
