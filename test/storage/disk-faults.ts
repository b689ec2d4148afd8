import type { Disk } from '../../src/storage/disk.ts';

export type DiskOperation = keyof Disk;

/** What fails, and how often. */
export interface DiskFault {
  /** The error of the system, such as EIO or ENOSPC. */
  readonly code: string;
  /** The operations it can hit; any when left out. */
  readonly operations?: readonly DiskOperation[];
  /** The files it can hit; any when left out. */
  readonly path?: RegExp;
  /** Operations that it could hit and that go well first. Default 0. */
  readonly after?: number;
  /** Operations that fail, one by default, Infinity for ever. */
  readonly times?: number;
  /** How much of a failing write is done none the less, from 0 to 1. Default 0. */
  readonly share?: number;
}

/** What an operation does when it fails or is interrupted. */
export interface Failing {
  /** A part of the work that is done before it fails. */
  readonly before?: (share: number) => void;
  /** What a failure leaves behind. */
  readonly failed?: () => void;
}

interface ArmedFault extends DiskFault {
  passed: number;
  failed: number;
}

/** Counts the operations of a simulated disk, lets chosen ones fail, and stops the disk in the middle of one. */
export class DiskFaults {
  readonly #random: () => number;
  readonly #armed: ArmedFault[] = [];
  #steps = 0;
  #stopAt = Infinity;
  #stopped = false;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Operations so far, the failed ones too. */
  get steps(): number {
    return this.#steps;
  }

  /** How many operations failed by a fault or because the disk is full. */
  get failures(): number {
    return this.#failures;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  arm(fault: DiskFault): void {
    this.#armed.push({ ...fault, passed: 0, failed: 0 });
  }

  disarm(): void {
    this.#armed.length = 0;
  }

  /** The machine or process ends in the middle of the operation with this number, counted from 1. */
  stopAtStep(step: number): void {
    this.#stopAt = step;
  }

  step<T>(operation: DiskOperation, path: string, act: () => T, { before, failed }: Failing): T {
    if (this.#stopped) throw new DiskStopped();
    this.#steps += 1;
    if (this.#steps === this.#stopAt) {
      this.#stopped = true;
      this.#interrupt(operation, act, before);
      throw new DiskStopped();
    }
    const fault = this.#armed.find((one) => hits(one, operation, path));
    if (fault === undefined) return act();
    const failure = this.failure(fault.code, operation, path);
    before?.(fault.share ?? 0);
    failed?.();
    throw failure;
  }

  /** An error of the disk, counted. */
  failure(code: string, operation: DiskOperation, path: string): Error {
    this.#failures += 1;
    return systemError(code, operation, path);
  }

  /** A sync that is interrupted has covered nothing for certain; anything else was done, or not, or in part. */
  #interrupt(operation: DiskOperation, act: () => unknown, before: Failing['before']): void {
    if (operation === 'fdatasyncSync' || operation === 'syncFolderSync' || this.#random() < 0.3) return;
    try {
      if (before === undefined) act();
      else before(this.#random() < 0.5 ? 1 : this.#random());
    } catch {
      // An operation that could not have succeeded: what it says is heard by nobody.
    }
  }
}

/** What every operation throws after the power or the process is gone. */
export class DiskStopped extends Error {
  constructor() {
    super('the machine has stopped');
  }
}

function hits(fault: ArmedFault, operation: DiskOperation, path: string): boolean {
  if (fault.operations?.includes(operation) === false || fault.path?.test(path) === false) return false;
  fault.passed += 1;
  if (fault.passed <= (fault.after ?? 0) || fault.failed >= (fault.times ?? 1)) return false;
  fault.failed += 1;
  return true;
}

/** An error as the system reports it. */
export function systemError(code: string, operation: DiskOperation, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${operation} '${path}'`), { code, syscall: operation, path });
}
