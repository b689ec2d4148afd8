import type { Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';
import { addressStateBytesMax } from './limits.ts';

/** The attempts at one address, one after the other: what the slots of the address need to know of the present one. */
export class AttemptTracker {
  /** For messages; undefined where nobody has said it. */
  readonly address: Address | undefined;
  /** Whether one is under way. */
  open = false;
  /** Counts attempts, so that a slot can tell this one from earlier ones. */
  count = 0;
  /** Whether the attempt under way has changed anything. */
  changed = false;
  /** Rough size of what the address holds, changes of the attempt under way included. */
  bytes = 0;

  constructor(address?: Address) {
    this.address = address;
  }

  /** Accounts for a change of size before it happens. Shrinking is always allowed: it is the way out. */
  resize(deltaBytes: number, cell: string): void {
    const bytes = this.bytes + deltaBytes;
    if (deltaBytes > 0 && bytes > addressStateBytesMax) {
      const summary = `setting cell "${cell}" would make the state of the address ${bytes} bytes large; the limit is ${addressStateBytesMax}.`;
      throw new StatefunError('STATE_TOO_LARGE', summary, { facts: { cell, bytes, bytesMax: addressStateBytesMax } });
    }
    this.bytes = bytes;
  }
}
