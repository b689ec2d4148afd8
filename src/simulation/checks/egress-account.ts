import { countOf } from '../../shared/text/count-of.ts';
import type { EgressRecord } from '../../egress/egress.ts';
import { shortId } from '../report/texts.ts';
import type { Report } from './violation.ts';

interface OfEgress {
  /** Committed records without a committed acknowledgement, in the order of their commits. */
  waiting: string[];
  /** Number of them that the outside has acknowledged to the running engine. */
  acknowledged: number;
  /** Whether the outside may have the record already. */
  readonly sent: Set<string>;
}

/**
 * Checks which records leave.
 *
 * - `egress`: records leave after their commit, in its order, until they are acknowledged, and never once the acknowledgement is committed. A record
 *   that may have left before is marked as sent again.
 */
export class EgressAccount {
  readonly #report: Report;
  readonly #byEgress = new Map<string, OfEgress>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** Forgets the acknowledgements that were not committed, when an engine starts. */
  begin(): void {
    for (const of of this.#byEgress.values()) of.acknowledged = 0;
  }

  acknowledgedCounts(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#byEgress, ([egressId, { acknowledged }]) => [egressId, acknowledged]));
  }

  durable(records: readonly { readonly egressId: string; readonly id: string }[], acknowledged: ReadonlyMap<string, number>): void {
    for (const [egressId, acknowledgedCount] of acknowledged) {
      const of = this.#of(egressId);
      of.waiting.splice(0, acknowledgedCount);
      of.acknowledged -= acknowledgedCount;
    }
    for (const { egressId, id } of records) this.#of(egressId).waiting.push(id);
  }

  sending(egressId: string, records: readonly EgressRecord[]): void {
    const of = this.#of(egressId);
    for (const [index, { id, resent }] of records.entries()) {
      const expected = of.waiting[of.acknowledged + index];
      if (id !== expected) {
        this.#report('egress', this.#unexpected(egressId, id, expected));
        return;
      }
      if (of.sent.has(id) && !resent) this.#report('egress', `${egressId} sends ${shortId(id)} again without saying so`);
      of.sent.add(id);
    }
  }

  acknowledged(egressId: string, acknowledgedCount: number): void {
    this.#of(egressId).acknowledged += acknowledgedCount;
  }

  checkEnd(): void {
    for (const [egressId, { waiting, acknowledged }] of this.#byEgress) {
      if (waiting.length > 0) {
        this.#report(
          'egress',
          `${countOf(waiting.length, 'record')} of ${egressId} are committed and ${acknowledged} acknowledged at the end`,
        );
      }
    }
  }

  #unexpected(egressId: string, id: string, expected: string | undefined): string {
    const waiting = this.#of(egressId).waiting.includes(id);
    if (expected === undefined && !waiting) return `${egressId} sends ${shortId(id)}, which no commit holds any more, or yet`;
    return `${egressId} sends ${shortId(id)} where ${expected === undefined ? 'nothing' : shortId(expected)} is next`;
  }

  #of(egressId: string): OfEgress {
    let of = this.#byEgress.get(egressId);
    if (of === undefined) this.#byEgress.set(egressId, (of = { waiting: [], acknowledged: 0, sent: new Set() }));
    return of;
  }
}
