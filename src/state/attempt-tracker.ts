import type { Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';
import { addressStateBytesMax } from './limits.ts';

/** Tracks the attempts at one address. Its slots read from it whether one is open, its number and the size of the state. */
export class AttemptTracker {
  /** The address, for error texts. Undefined when unknown. */
  readonly address: Address | undefined;
  /** Whether an attempt is open. */
  open = false;
  /** Number of attempts so far, which identifies the open one. */
  count = 0;
  /** Whether the open attempt has changed anything. */
  changed = false;
  /** Rough size of the state in bytes, including changes of the open attempt. */
  bytes = 0;

  constructor(address?: Address) {
    this.address = address;
  }

  /** Counts a change of size before it happens. Throws STATE_TOO_LARGE, but never when the state shrinks. */
  resize(deltaBytes: number, cell: string): void {
    const bytes = this.bytes + deltaBytes;
    if (deltaBytes > 0 && bytes > addressStateBytesMax) {
      const summary = `setting cell "${cell}" would make the state of the address ${bytes} bytes large; the limit is ${addressStateBytesMax}.`;
      throw new StatefunError('STATE_TOO_LARGE', summary, { facts: { cell, bytes, bytesMax: addressStateBytesMax } });
    }
    this.bytes = bytes;
  }
}
