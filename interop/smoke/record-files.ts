import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { decodeFromFunction, encodeFromFunction, type OutgoingEgress, type OutgoingMessage } from 'statefun/serving';

/*
 * What goes into the Flink process and comes out of it: a 4-byte length, the most significant byte first, then a FromFunction with one
 * outgoing message (in) or one egress message (out).
 */
const nothing = { kind: 'result', mutations: [], messages: [], delayed: [], egress: [] } as const;
const chunkBytes = 1 << 20;

/** Appends whole records only, so that who follows the file never sees a half one for long. */
export function appendMessages(path: string, messages: Iterable<OutgoingMessage>): void {
  let records: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    appendFileSync(path, Buffer.concat(records));
    records = [];
    bytes = 0;
  };
  for (const message of messages) {
    const record = encodeFromFunction({ ...nothing, messages: [message] });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(record.byteLength);
    records.push(length, record);
    bytes += record.byteLength;
    if (bytes > chunkBytes) flush();
  }
  flush();
}

/** Reads the egress records of a file that another process appends to, each record once. */
export class EgressFile {
  private offset = 0;

  constructor(private readonly path: string) {}

  /** Answers the whole records that have come since the last time. */
  readNew(): OutgoingEgress[] {
    if (!existsSync(this.path)) return [];
    const bytes = readFileSync(this.path);
    const found: OutgoingEgress[] = [];
    while (bytes.byteLength - this.offset >= 4) {
      const end = this.offset + 4 + bytes.readUInt32BE(this.offset);
      if (end > bytes.byteLength) break;
      const response = decodeFromFunction(bytes.subarray(this.offset + 4, end));
      if (response.kind === 'result') found.push(...response.egress);
      this.offset = end;
    }
    return found;
  }
}
