import { randomBytes } from 'node:crypto';
import { objectCorruptError } from './storage-errors.ts';

export const leaseKey = 'lease.json';

/*
 * The lease is one JSON object. Every renewal replaces it, with another nonce, so that no two versions are equal.
 *
 *   {"application":"carts","epoch":4,"holder":"host-1/0f3a…/64769:131","leaseMs":30000,"released":false,"nonce":"9a31…"}
 */
export interface LeaseRecord {
  readonly application: string;
  /** Number of the holder, from 1. Every later holder has a higher one. */
  readonly epoch: number;
  /** The machine and the state folder of the holder. */
  readonly holder: string;
  /** Time after the last renewal for which nobody else may take the lease, in milliseconds. */
  readonly leaseMs: number;
  /** Whether the holder has given it back: it has stopped. */
  readonly released: boolean;
  readonly nonce: string;
}

export function createNonce(): string {
  return randomBytes(12).toString('hex');
}

export function encodeLease(record: LeaseRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** Throws CHECKPOINT_OBJECT_CORRUPT. */
export function parseLease(bytes: Buffer, storage: string): LeaseRecord {
  try {
    const record = JSON.parse(bytes.toString('utf8')) as LeaseRecord;
    const { epoch, leaseMs, nonce, application } = record;
    const known = Number.isSafeInteger(epoch) && epoch > 0 && Number.isFinite(leaseMs) && leaseMs > 0;
    if (known && typeof nonce === 'string' && typeof application === 'string') return record;
  } catch {
    // Reported below, as other content is.
  }
  throw objectCorruptError(storage, leaseKey, 'it is no lease');
}
