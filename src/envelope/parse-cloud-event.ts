import { isAscii } from 'node:buffer';
import { StatefunError } from '../shared/errors.ts';
import { checkCloudEvent } from './check-cloud-event.ts';
import type { CloudEvent } from './cloud-event.ts';
import { freezeJson } from './freeze-json.ts';
import { withJsonData } from './json-data.ts';

/** Largest payload, in bytes: more than the 10 MiB of a Kinesis record. It protects against files and requests that are not events. */
export const payloadBytesMax = 16 * 1024 * 1024;

// A byte order mark is kept, so that text and bytes of an event are the same. JSON.parse then refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses, checks and freezes an event in CloudEvents JSON. Throws an error with outcome `give-up` for anything else. */
export function parseCloudEvent(data: string | Uint8Array, bytesMax: number = payloadBytesMax): CloudEvent {
  return parsePayload(typeof data === 'string' ? data : decodeText(data, bytesMax), bytesMax);
}

/** Returns the text of a record. Throws RECORD_EMPTY, MESSAGE_TOO_LARGE or RECORD_NOT_UTF8. */
export function decodeText(bytes: Uint8Array, bytesMax: number = payloadBytesMax): string {
  ensureSize(bytes.byteLength, bytesMax);
  // Most records are ASCII, which is decoded faster than UTF-8 is.
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new StatefunError('RECORD_NOT_UTF8', `a record of ${bytes.byteLength} bytes is not UTF-8 text.`, { cause });
  }
}

/** Parses and checks the event in a text. Throws RECORD_EMPTY, MESSAGE_TOO_LARGE, RECORD_NOT_JSON, RECORD_NOT_OBJECT or INVALID_CLOUD_EVENT. */
export function parsePayload(text: string, bytesMax: number = payloadBytesMax): CloudEvent {
  // UTF-8 has at most three bytes per UTF-16 unit, so a short text is not measured.
  ensureSize(text.length * 3 <= bytesMax ? text.length : Buffer.byteLength(text), bytesMax);
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const shape = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    throw new StatefunError('RECORD_NOT_OBJECT', `a record holds ${shape}, not an object.`, { facts: { shape } });
  }
  checkCloudEvent(value);
  const event = withJsonData(value);
  freezeJson(event);
  return event;
}

function ensureSize(bytes: number, bytesMax: number): void {
  if (bytes === 0) throw new StatefunError('RECORD_EMPTY', 'a record is empty.');
  if (bytes > bytesMax) {
    throw new StatefunError('MESSAGE_TOO_LARGE', `a record of ${bytes} bytes is larger than the limit of ${bytesMax}.`, {
      facts: { bytes, bytesMax },
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StatefunError('RECORD_NOT_JSON', `a record of ${text.length} characters is not JSON: ${(cause as Error).message}.`, {
      cause,
    });
  }
}
