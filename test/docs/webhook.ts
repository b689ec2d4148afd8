import type { Egress, EgressContext, EgressRecord, RejectedRecord } from 'statefun/connectors';

// #region egress
/** Posts every event to a URL, one after the other. The receiver tells repetitions by their `Idempotency-Key`. */
export class Webhook implements Egress {
  readonly batchRecordsMax = 20;
  readonly description: string;
  #stopping: AbortSignal | undefined;

  constructor(
    readonly id: string,
    readonly url: string,
  ) {
    this.description = `POST ${url}`;
  }

  start(context: EgressContext): Promise<void> {
    this.#stopping = context.signal;
    return Promise.resolve();
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    const rejected: RejectedRecord[] = [];
    for (const record of records) {
      const status = await this.#post(record);
      // It will never be taken: a dead letter. Anything else is tried again, and rejects.
      if (status === 400 || status === 422) rejected.push({ record, error: new Error(`${this.url} refuses it with ${status}`) });
      else if (status < 200 || status > 299) throw new Error(`${this.url} answered ${status}`);
    }
    return rejected;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async #post({ id, data }: EgressRecord): Promise<number> {
    const signals = [AbortSignal.timeout(10_000), ...(this.#stopping === undefined ? [] : [this.#stopping])];
    const headers = { 'content-type': 'application/cloudevents+json', 'idempotency-key': id };
    const body = typeof data === 'string' ? data : Buffer.from(data);
    const response = await fetch(this.url, { method: 'POST', headers, body, signal: AbortSignal.any(signals) });
    await response.body?.cancel();
    return response.status;
  }
}
// #endregion egress
