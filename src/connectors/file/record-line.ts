import { Envelope } from '../../envelope/envelope.ts';
import type { EgressRecord } from '../../egress/egress.ts';

/** Returns a record as a line: JSON without line ends, which only occur between its tokens, or Protobuf as Base64. */
export function toLine({ data }: EgressRecord): string {
  return `${typeof data === 'string' ? withoutLineEnds(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}\n`;
}

/** Returns the event id in a line that `toLine` wrote; undefined for any other line. */
export function eventIdOf(line: string, format: 'cloudevent' | 'envelope'): string | undefined {
  try {
    const json = format === 'cloudevent' ? line : Envelope.decodeTrusted(Buffer.from(line, 'base64')).payload;
    const event: unknown = JSON.parse(json);
    const id = typeof event === 'object' && event !== null && 'id' in event ? event.id : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    // Lines that cannot be read were not written by this egress.
    return undefined;
  }
}

/** Returns JSON on one line. Data that is passed on unchanged may contain line ends. */
export function withoutLineEnds(json: string): string {
  return json.replace(/[\r\n]+/g, '');
}
