import type { EventDefaults } from '../envelope/complete-event.ts';
import { addressPath, type Address } from '../shared/address.ts';

/** Values for missing attributes of the events that one attempt sends. Used for one event after the other, each with its id. */
export class SenderDefaults implements EventDefaults {
  id = '';
  readonly timeMs: number;
  readonly #sender: Address;
  #source: string | undefined;

  constructor(sender: Address, timeMs: number) {
    this.#sender = sender;
    this.timeMs = timeMs;
  }

  get source(): string {
    return (this.#source ??= addressPath(this.#sender));
  }
}
