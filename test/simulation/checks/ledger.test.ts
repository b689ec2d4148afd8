import { describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import { Ledger, type LedgerSources } from '../../../src/simulation/checks/ledger.ts';

/** A ledger over an engine that always has a record waiting and room for it. */
function ledgerOf(insideInvocationsMax: number) {
  const reports: string[] = [];
  const ledger = new Ledger(
    (invariant, detail) => reports.push(`${invariant}: ${detail}`),
    () => undefined,
  );
  const engine = { taken: 0 };
  const sources = {
    partition: { mailboxes: { hasRoom: true } },
    limits: { ...defaultLimits, insideInvocationsMax },
    recordsWaiting: () => 1,
    taken: () => engine.taken,
    outboxFull: () => false,
  };
  // `handled` and `paused` read nothing else.
  ledger.begin(sources as unknown as LedgerSources);
  return { ledger, engine, reports };
}

function handle(ledger: Ledger, count: number): void {
  for (let index = 0; index < count; index += 1) ledger.handled(true);
}

describe('Ledger', () => {
  it('reports a record that waits while more messages are handled than the limit and the interval allow', () => {
    const { ledger, reports } = ledgerOf(5);

    handle(ledger, 15);
    expect(reports).toEqual([]);
    handle(ledger, 1);
    expect(reports).toEqual(['inside first: a record waits while 16 messages are handled']);
  });

  it('counts a record that leads to no message as taken', () => {
    const { ledger, engine, reports } = ledgerOf(5);

    handle(ledger, 10);
    engine.taken += 1;
    handle(ledger, 15);

    expect(reports).toEqual([]);
  });
});
