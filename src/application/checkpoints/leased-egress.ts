import type { LeaseGate } from '../../checkpoints/lease-gate.ts';
import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import type { ClusterEgress, Egress, EgressContext, EgressRecord, RejectedRecord } from '../../egress/egress.ts';

/** An egress whose records wait for the lease. */
export class LeasedEgress implements Egress {
  readonly #egress: Egress;
  readonly #gate: LeaseGate;

  constructor(egress: Egress, gate: LeaseGate) {
    this.#egress = egress;
    this.#gate = gate;
  }

  get id(): string {
    return this.#egress.id;
  }

  get format(): 'cloudevent' | 'envelope' {
    return this.#egress.format ?? 'cloudevent';
  }

  get description(): string {
    return this.#egress.description;
  }

  get batchRecordsMax(): number {
    return this.#egress.batchRecordsMax ?? 500;
  }

  configure(settings: ConnectorSettings): void {
    this.#egress.configure?.(settings);
  }

  cluster(): ClusterEgress {
    throw new Error(`${this.id} sends for an embedded engine, not for a cluster`);
  }

  start(context: EgressContext): Promise<void> {
    return this.#egress.start(context);
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (!this.#gate.open) await this.#gate.passed();
    return this.#egress.send(records);
  }

  stop(): Promise<void> {
    return this.#egress.stop();
  }
}
