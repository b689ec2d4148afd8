import { assertInvariant } from '../shared/errors.ts';
import { JsonWriter, type KnownTexts } from '../shared/json-writer.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import { checkCloudEvent } from './check-cloud-event.ts';
import type { CloudEvent, NewEvent } from './cloud-event.ts';
import { fillEvent, toPlainEvent, type EventDefaults } from './complete-event.ts';
import { isDateTime } from './date-time.ts';
import { checkJson, eventDepthMax } from './freeze-json.ts';
import { isUriReference } from './uri.ts';

/** An event as CloudEvents JSON. */
export interface WrittenEvent {
  readonly payload: string;
  readonly payloadBytes: number;
}

let writer = createWriter();
let writing = false;

/**
 * Writes an event for an egress: CloudEvents JSON in which the id of the message replaces that of the event.
 *
 * The event is checked while it is written, in one pass, and nothing is copied or frozen, because the event is not kept. `dataText` is the received
 * text of data that is passed on unchanged, and `known` has the texts of objects within other data. Throws the same errors as `completeEvent`.
 */
export function writeEvent(event: CloudEvent | NewEvent, defaults: EventDefaults, dataText?: string, known?: KnownTexts): WrittenEvent {
  if (writing) return writeWithin(event, defaults, dataText, known);
  writing = true;
  try {
    return write(event, defaults, dataText, known);
  } finally {
    writing = false;
  }
}

/** Writes an event while another one is being written: a getter of an event can call a handler's context. */
function writeWithin(event: CloudEvent | NewEvent, defaults: EventDefaults, dataText?: string, known?: KnownTexts): WrittenEvent {
  const outer = writer;
  writer = createWriter();
  try {
    return write(event, defaults, dataText, known);
  } finally {
    writer = outer;
  }
}

function write(event: CloudEvent | NewEvent, defaults: EventDefaults, dataText?: string, known?: KnownTexts): WrittenEvent {
  writer.begin(known);
  // Read first: a getter of the event can send another one, which sets the id of the defaults.
  const { id } = defaults;
  const payload = writeNew(event, id, defaults, dataText) ?? writeOther(event, id, defaults, dataText);
  // Reading a character joins the pieces of the text now: later, the pieces would have been copied by the garbage collector.
  assertInvariant(payload.charCodeAt(payload.length - 1) === closingBrace, 'an event is written as an object');
  return { payload, payloadBytes: writer.ascii ? payload.length : Buffer.byteLength(payload) };
}

function createWriter(): JsonWriter {
  // The event itself is a level, too.
  return new JsonWriter(eventDepthMax + 1);
}

const closingBrace = 0x7d;

/** Writes an event that has nothing but type, data and perhaps a source. Returns undefined for any other event, and for one with a mistake. */
function writeNew(event: CloudEvent | NewEvent, id: string, defaults: EventDefaults, dataText: string | undefined): string | undefined {
  if (!isNew(event)) return undefined;
  const middle = writeMiddle(event.type, event.source ?? defaults.source, toIsoTime(defaults.timeMs));
  if (middle === undefined || id === '') return undefined;
  const data = dataText === undefined ? writer.write(event.data, 1) : received(dataText);
  if (data === undefined) return undefined;
  return `{"specversion":"1.0","id":${writer.quote(id)}${middle}${data}}`;
}

function isNew(event: unknown): event is { readonly type: string; readonly source?: string; readonly data: unknown } {
  if (typeof event !== 'object' || event === null || Object.getPrototypeOf(event) !== Object.prototype) return false;
  for (const name in event) if (name !== 'type' && name !== 'data' && name !== 'source') return false;
  const { type, source, data } = event as Readonly<Record<string, unknown>>;
  return (
    typeof type === 'string' && (source === undefined || typeof source === 'string') && data !== undefined && !ArrayBuffer.isView(data)
  );
}

/** What follows the id of an event, up to its data. Events of a type differ in their time at most, as long as it is that of one millisecond. */
interface Middle {
  source: string;
  time: string;
  text: string;
}

/** By type. An application has few types, and nearly always one source for each. */
const middles = new Map<string, Middle>();
const middlesMax = 1_000;
const middleLengthMax = 2_000;

/** Returns undefined when type, source or time are invalid. */
function writeMiddle(type: string, source: string, time: string): string | undefined {
  const known = middles.get(type);
  if (known?.source === source && known.time === time) return known.text;
  if (type === '' || source === '' || !isUriReference(source) || !isDateTime(time)) return undefined;
  const names = `,"source":${writer.quote(source)},"type":${writer.quote(type)}`;
  const text = `${names},"time":"${time}","datacontenttype":"application/json","data":`;
  // A text with other characters would have to remember that it has them.
  const isRoom = known !== undefined || middles.size < middlesMax;
  if (writer.ascii && isRoom && text.length <= middleLengthMax) middles.set(type, { source, time, text });
  return text;
}

/** Writes any event. Throws the errors of the checks. */
function writeOther(event: CloudEvent | NewEvent, id: string, defaults: EventDefaults, dataText: string | undefined): string {
  const filled = fillEvent(toPlainEvent(event), defaults, id);
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
