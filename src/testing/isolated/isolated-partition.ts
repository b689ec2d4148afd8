import { Partition, type PartitionOptions } from '../../engine/partition/partition.ts';
import type { Message } from '../../functions/message.ts';
import type { Address } from '../../shared/address.ts';

/** The partition of the engine with one address. Messages to any other address are passed out when they would be delivered. */
export class IsolatedPartition extends Partition {
  readonly #address: Address;
  readonly #record: (message: Message) => void;

  constructor(options: PartitionOptions, address: Address, record: (message: Message) => void) {
    super(options);
    this.#address = address;
    this.#record = record;
  }

  override enqueue(message: Message): void {
    const { type, id } = message.target;
    if (type === this.#address.type && id === this.#address.id) super.enqueue(message);
    else this.#record(message);
  }
}
