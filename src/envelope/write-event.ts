import { assertInvariant } from '../shared/errors.ts';
import { JsonWriter, type KnownTexts } from '../shared/json-writer.ts';
import { checkCloudEvent } from './check-cloud-event.ts';
import type { CloudEvent, NewEvent } from './cloud-event.ts';
import { fillEvent, toPlainEvent, type EventDefaults } from './complete-event.ts';
import { isDateTime } from './date-time.ts';
import { checkJson, eventDepthMax } from './freeze-json.ts';
import { isUriReference } from './uri.ts';

/** Texts of data that need not be written again. */
export interface DataTexts {
  /** The received text of the event's data, which is passed on unchanged. */
  readonly dataText?: string | undefined;
  /** Texts of objects within the data. */
  readonly known?: KnownTexts | undefined;
}

/** An event as CloudEvents JSON. */
export interface WrittenEvent {
  readonly payload: string;
  readonly payloadBytes: number;
}

// The event itself is a level, too. Writing is synchronous and never nested, so one writer serves all events.
const writer = new JsonWriter(eventDepthMax + 1);

/**
 * Writes an event for an egress: CloudEvents JSON in which the id of the message replaces that of the event.
 *
 * The event is checked while it is written, in one pass, and nothing is copied or frozen, because the event is not kept. Throws the same errors as
 * `completeEvent`.
 */
export function writeEvent(event: CloudEvent | NewEvent, defaults: EventDefaults, { dataText, known }: DataTexts = {}): WrittenEvent {
  writer.begin(known);
  const payload = writeNew(event, defaults, dataText) ?? writeOther(event, defaults, dataText);
  return { payload, payloadBytes: writer.ascii ? payload.length : Buffer.byteLength(payload) };
}

/** Writes an event that has nothing but type, data and perhaps a source. Returns undefined for any other event, and for one with a mistake. */
function writeNew(event: CloudEvent | NewEvent, defaults: EventDefaults, dataText: string | undefined): string | undefined {
  if (!isNew(event)) return undefined;
  const source = sources.get(event.source ?? defaults.source) ?? writeSource(event.source ?? defaults.source);
  const type = types.get(event.type) ?? writeType(event.type);
  const time = defaults.time();
  if (source === undefined || type === undefined || defaults.id === '' || !isKnownTime(time)) return undefined;
  const data = dataText === undefined ? writer.write(event.data, 1) : received(dataText);
  if (data === undefined) return undefined;
  return `{"specversion":"1.0","id":${writer.quote(defaults.id)}${source}${type}"${time}","datacontenttype":"application/json","data":${data}}`;
}

function isNew(event: unknown): event is { readonly type: string; readonly source?: string; readonly data: unknown } {
  if (typeof event !== 'object' || event === null || Object.getPrototypeOf(event) !== Object.prototype) return false;
  for (const name in event) if (name !== 'type' && name !== 'data' && name !== 'source') return false;
  const { type, source, data } = event as Readonly<Record<string, unknown>>;
  return (
    typeof type === 'string' && (source === undefined || typeof source === 'string') && data !== undefined && !ArrayBuffer.isView(data)
  );
}

/** The parts of an event that repeat, as they are written: `,"source":"…"` and `,"type":"…","time":`. An application has few of them. */
const sources = new Map<string, string>();
const types = new Map<string, string>();
const partsMax = 1_000;
const partLengthMax = 1_000;

/** Returns undefined for a source that is invalid. */
function writeSource(source: string): string | undefined {
  return source !== '' && isUriReference(source) ? remember(sources, source, `,"source":${writer.quote(source)}`) : undefined;
}

/** Returns undefined for a type that is invalid. */
function writeType(type: string): string | undefined {
  return type === '' ? undefined : remember(types, type, `,"type":${writer.quote(type)},"time":`);
}

function remember(parts: Map<string, string>, value: string, text: string): string {
  // A part with other characters would have to remember that it has them.
  if (writer.ascii && parts.size < partsMax && text.length <= partLengthMax) parts.set(value, text);
  return text;
}

let lastTime = '';

function isKnownTime(time: string): boolean {
  if (time === lastTime) return true;
  if (!isDateTime(time)) return false;
  lastTime = time;
  return true;
}

/** Writes any event. Throws the errors of the checks. */
function writeOther(event: CloudEvent | NewEvent, defaults: EventDefaults, dataText: string | undefined): string {
  const filled = fillEvent(toPlainEvent(event), defaults, defaults.id);
  checkCloudEvent(filled);
  let text = '';
  for (const [name, value] of Object.entries(filled)) {
    const written = name === 'data' && dataText !== undefined ? received(dataText) : writer.write(value, 1);
    if (written === undefined) {
      checkJson(filled);
      assertInvariant(false, 'the walk refuses what the writer refuses');
    }
    text += `${text === '' ? '{' : ','}${writer.quote(name)}:${written}`;
  }
  return `${text}}`;
}

function received(dataText: string): string {
  if (Buffer.byteLength(dataText) !== dataText.length) writer.ascii = false;
  return dataText;
}
