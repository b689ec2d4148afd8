import { beforeEach, describe, expect, it } from '@jest/globals';
import { StatefunError } from '../../src/shared/errors.ts';
import type { SimulationInvariant } from '../../src/simulation/checks/invariant.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import type { SimulationOptions } from '../../src/simulation/simulation-options.ts';
import type { SimulationReport } from '../../src/simulation/report/simulation-report.ts';
import { AccountFunction, bank, event, outside } from './bank-application.ts';

beforeEach(() => {
  outside.paid = 0;
});

function run(types: readonly string[], options: Partial<SimulationOptions> = {}): Promise<SimulationReport> {
  return simulate(bank, { events: () => types.map((type) => event(type)), seeds: 30, ...options });
}

/** What is asked of the service outside is asked once. */
const paidOnce: SimulationInvariant = {
  name: 'paid once',
  when: 'end',
  holds: (view) => {
    const { balance = 0 } = view.state(AccountFunction, 'a') as { readonly balance?: number };
    return outside.paid + balance === 0 || `paid ${outside.paid}, and the account says ${balance}`;
  },
};

const payOptions = { invariants: [paidOnce], beforeRun: () => void (outside.paid = 0) };

describe('simulate', () => {
  it('finds a call outside that happens twice, and shows the shortest way there', async () => {
    const report = await run(
      ['deposit', 'set', 'pay', 'pay', 'set'].filter((type) => type !== 'deposit'),
      payOptions,
    );

    expect(report.failure).toMatchObject({ invariant: 'paid once', detail: 'paid 2, and the account says -1' });
    expect(report.failure?.events).toEqual([expect.stringContaining('(pay)')]);
    expect(report.failure?.steps.length).toBeLessThan(15);
    expect(report.text).toContain('paid 2, and the account says -1');
    expect(() => report.ensureHeld()).toThrow(/SIMULATION_FAILED[^]*bank\/account\/a handles message[^]*replay: '/);
  });

  it('repeats a failure by its line', async () => {
    const { failure } = await run(['set', 'pay', 'pay'], payOptions);

    const again = await run(['set', 'pay', 'pay'], { ...payOptions, replay: failure?.replay ?? '' });

    expect(again.failure).toMatchObject({ invariant: 'paid once', detail: failure?.detail, steps: failure?.steps });
    expect(again.counts.runs).toBe(1);
  });

  it('finds nothing where nothing goes wrong', async () => {
    const faults = { crashes: false, handlers: false, egress: false, stops: false, clock: false };

    const { failure, counts } = await run(['set', 'pay', 'pay'], { ...payOptions, faults });

    expect(failure).toBeUndefined();
    expect(counts).toMatchObject({ runs: 31, faults: 0, compared: 31, endsVary: false });
  });

  it.each([
    { holds: () => false, detail: 'it does not hold' },
    { holds: () => 'too much', detail: 'too much' },
    {
      holds: () => {
        throw new Error('thrown');
      },
      detail: 'thrown',
    },
  ])('takes a promise as broken that answers $detail', async ({ holds, detail }) => {
    const { failure } = await run([], { invariants: [{ name: 'mine', holds }] });

    expect(failure).toMatchObject({ invariant: 'mine', detail, events: [] });
  });

  it('counts the runs from the first seed to the one that fails', async () => {
    let starts = 0;
    const holds = (): boolean => starts < 4;

    const { failure, counts } = await run([], {
      seed: 5,
      shrinks: false,
      beforeRun: () => void (starts += 1),
      invariants: [{ name: 'mine', holds }],
    });

    expect(failure).toMatchObject({ invariant: 'mine', seed: 6 });
    expect(counts).toMatchObject({ seed: 5 });
  });

  it('lets invariants look between the steps', async () => {
    const seen = new Set<unknown>();
    const holds = (view: Parameters<SimulationInvariant['holds']>[0]): void => void seen.add(view.state(AccountFunction, 'a')['balance']);

    await run(['deposit', 'deposit'], { seeds: 1, faults: { crashes: false, stops: false }, invariants: [{ name: 'look', holds }] });

    expect([...seen]).toEqual([undefined, 1, 2]);
  });

  it('simulates handlers that wait for its clock', async () => {
    const events = () => [event('wait'), event('wait'), event('deposit')];
    // #region clock
    const report = await simulate(bank, { events, providers: (clock) => [{ provide: 'clock', useValue: clock }] });
    // #endregion clock

    report.ensureHeld();
    expect(report.counts).toMatchObject({ runs: 101, compared: 101, endsVary: false });
  });

  it('simulates a handler that waits until it is told to end', async () => {
    const letters: number[] = [];
    const count: SimulationInvariant = { name: 'one', when: 'end', holds: (view) => void letters.push(view.deadLetters().length) };

    const report = await run(['hang'], { invariants: [count] });

    report.ensureHeld();
    expect(new Set(letters)).toEqual(new Set([1]));
  });

  it('names a handler that waits for something outside', async () => {
    await expect(run(['deposit', 'outside'])).rejects.toMatchObject({
      code: 'SIMULATION_WAITS_OUTSIDE',
      summary: expect.stringContaining('AccountFunction ("bank/account")'),
    });
  });

  it('says that a run does not repeat where a handler draws lots', async () => {
    await expect(run(['luck'])).rejects.toMatchObject({ code: 'SIMULATION_NOT_REPEATABLE', summary: expect.stringContaining('luck') });
  });

  it('does not compare the ends of an application for which order matters', async () => {
    const events = () => [event('set', 1, 'one'), event('set', 2, 'two')];

    const { failure, counts } = await run([], { events });

    expect(failure).toBeUndefined();
    expect(counts.endsVary).toBe(true);
  });

  it('compares them when it is told to, or what is made of them', async () => {
    const events = () => [event('set', 1, 'one'), event('set', 2, 'two')];

    const always = await run([], { events, sameEnd: 'always' });
    const ids = await run([], { events, sameEnd: 'always', result: ({ states }) => [...states.keys()] });

    expect(always.failure).toMatchObject({ invariant: 'same end', events: [expect.anything(), expect.anything()] });
    expect(ids.failure).toBeUndefined();
  });

  it('tells that a function stops the application', async () => {
    const { failure } = await run(['strict']);

    expect(failure).toMatchObject({ invariant: 'runs on', detail: 'the engine stops: cannot go on', replay: 'v1/1/all/usual/' });
  });

  it('ends a run where the next message is further off than its horizon', async () => {
    const report = await run(['remind'], { horizon: '30m', faults: { clock: false }, sameEnd: 'always' });

    report.ensureHeld();
  });

  it('begins with the state that is given', async () => {
    const given = [{ function: AccountFunction, id: 'a', state: { balance: 40 } }];
    const balances: unknown[] = [];
    const holds = (view: Parameters<SimulationInvariant['holds']>[0]): void =>
      void balances.push(view.state(AccountFunction, 'a')['balance']);

    const report = await run(['deposit'], { given, invariants: [{ name: 'balance', when: 'end', holds }] });

    report.ensureHeld();
    expect(new Set(balances)).toEqual(new Set([41]));
  });

  it('makes a dead letter of what the outside refuses, and tries it again', async () => {
    const ends: unknown[] = [];
    const result: SimulationOptions['result'] = ({ deadLetters, egress }) => {
      ends.push([deadLetters.length, egress.length]);
      return [deadLetters, egress.length];
    };

    const report = await run(['deposit'], { refuses: () => true, redrives: true, sameEnd: 'always', result });

    report.ensureHeld();
    expect(new Set(ends.map(String))).toEqual(new Set(['1,0']));
  });

  it('refuses a line that is none', async () => {
    const failed = run([], { replay: 'seed 7' });

    await expect(failed).rejects.toBeInstanceOf(StatefunError);
    await expect(failed).rejects.toMatchObject({ code: 'SIMULATION_REPLAY_INVALID' });
  });
});
