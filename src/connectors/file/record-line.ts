import { Envelope } from '../../envelope/envelope.ts';
import type { EgressRecord } from '../../egress/egress.ts';

/** A record as a line: JSON without its line ends, which stand only between its tokens, Protobuf as Base64. */
export function toLine({ data }: EgressRecord): string {
  return `${typeof data === 'string' ? withoutLineEnds(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}\n`;
}

/** The event id in a line that `toLine` wrote; undefined for a line of someone else. */
export function eventIdOf(line: string, format: 'cloudevent' | 'envelope'): string | undefined {
  try {
    const json = format === 'cloudevent' ? line : Envelope.decodeTrusted(Buffer.from(line, 'base64')).payload;
    const event: unknown = JSON.parse(json);
    const id = typeof event === 'object' && event !== null && 'id' in event ? event.id : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    // Only lines of this egress matter, and those can be read.
    return undefined;
  }
}

/** A text of JSON on one line, otherwise as it is: data that is passed on may have come on several. */
export function withoutLineEnds(json: string): string {
  return json.replace(/[\r\n]+/g, '');
}
