import { deepFreeze } from '../shared/deep-freeze.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import type { TypedValue } from '../shared/typed-value.ts';
import type { CloudEvent } from './cloud-event.ts';
import { checkAndFreeze, toPlainEvent, writeWithData } from './complete-event.ts';
import { estimateJsonBytes } from './estimate-json-bytes.ts';
import { EnvelopeMessage, type EnvelopeFields } from './generated/envelope-message.ts';
import { base64JsonText, withJsonData } from './json-data.ts';
import { memberText } from './json-text.ts';
import { decodeText, parsePayload } from './parse-cloud-event.ts';
import { cloudEventTypename, toTypedValue, viewOfTypedValue } from './typed-value-event.ts';

/** Properties of an envelope beside its event. */
export interface EnvelopeOptions {
  /** Partition key of a record for an egress. It decides the shard and the order of the record. */
  readonly partitionKey?: string | undefined;
  /** Id of the message, the same in every attempt. */
  readonly messageId?: string | undefined;
}

/** An event, its text, or both. All envelopes of one event share it, so that each is created once. */
interface Body {
  event: CloudEvent | undefined;
  payload: string | undefined;
  payloadBytes: number | undefined;
  /** Whether the text came from outside or from the log. Otherwise it is written from the event. */
  readonly isText: boolean;
  /** Makes the event when it is first needed. */
  readonly make?: () => CloudEvent;
  /** The data within the text, once it has been read. */
  dataText?: string | undefined;
  /** A typed value in place of an event. Each envelope has its own view of it as an event, because the message id is the id of that event. */
  readonly typed: TypedValue | undefined;
}

/**
 * The content of a message inside the framework: an event or a typed value, with message id and partition key.
 *
 * 1. The event is a checked, frozen CloudEvent, or one that is made when it is needed, or a text whose event was checked before, or the view of a typed
 *    value.
 * 2. An envelope returns the text it was created from, so an event that is only passed on keeps its bytes.
 * 3. Parsing the text, writing the text and encoding the Protobuf bytes each happen on first use, and once.
 */
export class Envelope {
  readonly partitionKey: string | undefined;
  readonly messageId: string | undefined;
  readonly #body: Body;
  #encoded: Uint8Array | undefined;
  /** The event that represents a typed value. */
  #view: CloudEvent | undefined;

  private constructor(body: Body, options: EnvelopeOptions, encoded?: Uint8Array) {
    this.#body = body;
    this.partitionKey = options.partitionKey;
    this.messageId = options.messageId;
    this.#encoded = encoded;
  }

  /**
   * Checks and freezes an event. One that is not a plain object is copied first.
   * Throws INVALID_CLOUD_EVENT or EVENT_NOT_SERIALIZABLE.
   */
  static ofEvent(event: CloudEvent, options: EnvelopeOptions = {}): Envelope {
    return Envelope.ofTrustedEvent(checkAndFreeze(toPlainEvent(event)), options);
  }

  /** Creates an envelope of a checked and frozen event: a result of `completeEvent`, or the event of another envelope. */
  static ofTrustedEvent(event: CloudEvent, options: EnvelopeOptions = {}): Envelope {
    return new Envelope({ event, payload: undefined, payloadBytes: undefined, isText: false, typed: undefined }, options);
  }

  /** Creates an envelope of an event that is made when it is first needed, checked and frozen. `payloadBytes` is an estimate. */
  static ofEventMadeLater(make: () => CloudEvent, payloadBytes: number): Envelope {
    return new Envelope({ event: undefined, payload: undefined, payloadBytes, isText: false, typed: undefined, make }, {});
  }

  /** Creates an envelope of a checked and frozen event whose data is passed on. The received text of the data, if any, is written for it. */
  static ofPassedOn(event: CloudEvent, dataText: string | undefined, options: EnvelopeOptions = {}): Envelope {
    if (dataText === undefined) return Envelope.ofTrustedEvent(event, options);
    const payload = writeWithData(event, dataText);
    return new Envelope({ event, payload, payloadBytes: undefined, isText: true, typed: undefined }, options);
  }

  /** Creates an envelope of the text of a checked event: a result of `writeEvent`. `payloadBytes` are those of the text, if known. */
  static ofTrustedPayload(payload: string, options: EnvelopeOptions = {}, payloadBytes?: number): Envelope {
    return new Envelope({ event: undefined, payload, payloadBytes, isText: true, typed: undefined }, options);
  }

  /**
   * Reads CloudEvents JSON. Throws RECORD_EMPTY, RECORD_NOT_UTF8, RECORD_NOT_JSON, RECORD_NOT_OBJECT, INVALID_CLOUD_EVENT,
   * EVENT_NOT_SERIALIZABLE (nested too deeply) or MESSAGE_TOO_LARGE.
   */
  static ofPayload(payload: string | Uint8Array, options: EnvelopeOptions = {}): Envelope {
    const text = typeof payload === 'string' ? payload : decodeText(payload);
    const payloadBytes = typeof payload === 'string' ? undefined : payload.byteLength;
    return new Envelope({ event: parsePayload(text), payload: text, payloadBytes, isText: true, typed: undefined }, options);
  }

  /**
   * Creates an envelope of a value from a function in another language. The bytes must not change afterwards. A value of type
   * {@link cloudEventTypename} becomes an event again, and throws the same errors as {@link ofPayload}.
   */
  static ofTypedValue(typed: TypedValue, options: EnvelopeOptions = {}): Envelope {
    if (typed.typename === cloudEventTypename && typed.hasValue) return Envelope.ofPayload(typed.value, options);
    return new Envelope({ event: undefined, payload: undefined, payloadBytes: undefined, isText: false, typed }, options);
  }

  /** Reads Protobuf bytes from outside. The bytes must not change afterwards. Throws ENVELOPE_UNREADABLE, and the errors of {@link ofPayload}. */
  static decode(bytes: Uint8Array): Envelope {
    const envelope = Envelope.decodeTrusted(bytes);
    const { typed } = envelope.#body;
    if (typed === undefined) envelope.#body.event = parsePayload(envelope.payload);
    else if (typed.typename === '') throw new StatefunError('ENVELOPE_UNREADABLE', 'a typed value has no type.');
    else if (typed.typename === cloudEventTypename) return Envelope.ofTypedValue(typed, envelope);
    return envelope;
  }

  /**
   * Reads Protobuf bytes written by {@link encode}. The event is parsed on first use. The bytes must not change afterwards.
   * Throws ENVELOPE_UNREADABLE.
   */
  static decodeTrusted(bytes: Uint8Array): Envelope {
    const { payload, partitionKey, messageId, typename, value } = decodeFields(bytes);
    const options = { partitionKey: partitionKey ?? undefined, messageId: messageId ?? undefined };
    if (typename === undefined || typename === null) {
      return new Envelope(
        { event: undefined, payload: payload ?? '', payloadBytes: undefined, isText: true, typed: undefined },
        options,
        bytes,
      );
    }
    const typed = { typename, hasValue: value !== undefined && value !== null, value: value ?? new Uint8Array(0) };
    return new Envelope({ event: undefined, payload: undefined, payloadBytes: undefined, isText: false, typed }, options, bytes);
  }

  get event(): CloudEvent {
    const { typed } = this.#body;
    if (typed !== undefined) return (this.#view ??= viewOfTypedValue(typed, this.messageId));
    // Invariant 1: without an event there is a text, and its event was checked.
    return (this.#body.event ??= this.#body.make?.() ?? deepFreeze(withJsonData(JSON.parse(this.#body.payload ?? '') as CloudEvent)));
  }

  /** The event as CloudEvents JSON. */
  get payload(): string {
    if (this.#body.typed !== undefined) return JSON.stringify(this.event);
    return (this.#body.payload ??= JSON.stringify(this.event));
  }

  /**
   * The received JSON text of the data, with every digit of its numbers. Undefined when there is no data, or when the event was created in this
   * process.
   */
  get dataText(): string | undefined {
    const { typed, payload = '', isText } = this.#body;
    if (typed !== undefined) return typeof this.event.data === 'object' ? Buffer.from(typed.value).toString() : undefined;
    if (!isText) return undefined;
    return (this.#body.dataText ??= memberText(payload, 'data') ?? base64JsonText(JSON.parse(payload) as object));
  }

  /** The typed value for a function in another language; an event is converted to one. */
  get typedValue(): TypedValue {
    return this.#body.typed ?? toTypedValue(this.event, this);
  }

  /** Whether the envelope holds a typed value in place of an event. */
  get isTypedValue(): boolean {
    return this.#body.typed !== undefined;
  }

  /** Returns the Protobuf bytes. */
  encode(): Uint8Array {
    if (this.#encoded !== undefined) return this.#encoded;
    const bytes = Buffer.allocUnsafe(this.encodedBytesMax);
    return (this.#encoded = bytes.subarray(0, this.encodeInto(bytes, 0)));
  }

  /** Upper limit of the bytes that {@link encodeInto} writes. */
  get encodedBytesMax(): number {
    // Each field has one byte of tag and at most five of length.
    const { typed } = this.#body;
    const contentBytes = typed === undefined ? this.#textBytes : Buffer.byteLength(typed.typename) + typed.value.length + 6;
    return contentBytes + Buffer.byteLength(this.partitionKey ?? '') + Buffer.byteLength(this.messageId ?? '') + 18;
  }

  /** Writes the Protobuf bytes at an offset of the target, and returns the offset of their end. */
  encodeInto(target: Buffer, offset: number): number {
    const { partitionKey, messageId } = this;
    const { typed } = this.#body;
    const payload = typed === undefined ? this.payload : '';
    let end = payload === '' ? offset : writeTextField(target, offset, payloadTag, payload, this.#textBytes);
    if (partitionKey !== undefined) end = writeTextField(target, end, partitionKeyTag, partitionKey);
    if (messageId !== undefined) end = writeTextField(target, end, messageIdTag, messageId);
    if (typed !== undefined) end = writeTypedValue(target, end, typed);
    return end;
  }

  /**
   * Bytes of the payload, for budgets. Exact when there is a text; otherwise an estimate, which writes no text and counts each character as one
   * byte.
   */
  get payloadBytes(): number {
    const body = this.#body;
    if (body.typed !== undefined) return body.typed.typename.length + body.typed.value.byteLength;
    return (body.payloadBytes ??= body.payload === undefined ? estimateJsonBytes(body.event) : Buffer.byteLength(body.payload));
  }

  /** Exact bytes of the payload as text. {@link payloadBytes} stays an estimate where it was one, because budgets subtract what they added. */
  get #textBytes(): number {
    return this.#body.isText ? this.payloadBytes : Buffer.byteLength(this.payload);
  }

  /** Returns an envelope of the same event with other ids. Omitted ones stay. */
  with(options: EnvelopeOptions): Envelope {
    const { partitionKey = this.partitionKey, messageId = this.messageId } = options;
    return new Envelope(this.#body, { partitionKey, messageId });
  }
}

/*
 * A text field of Protobuf:   | tag: field number << 3 | 2 | bytes: varint | UTF-8 |
 *
 * Written by hand for speed, since every outgoing record is encoded: the generated writer creates objects and a buffer for each, whose bytes are then
 * copied into the frame of the commit. A test compares both.
 */
const payloadTag = 0x0a;
const partitionKeyTag = 0x12;
const messageIdTag = 0x1a;
const typenameTag = 0x22;
const valueTag = 0x2a;

function writeTextField(target: Buffer, offset: number, tag: number, text: string, bytes = Buffer.byteLength(text)): number {
  const end = writeFieldStart(target, offset, tag, bytes);
  // A text with as many bytes as characters is ASCII, which is the same in Latin-1 and faster to write.
  target.write(text, end, bytes === text.length ? 'latin1' : 'utf8');
  return end + bytes;
}

function writeTypedValue(target: Buffer, offset: number, { typename, hasValue, value }: TypedValue): number {
  const typenameEnd = writeTextField(target, offset, typenameTag, typename);
  if (!hasValue) return typenameEnd;
  const end = writeFieldStart(target, typenameEnd, valueTag, value.byteLength);
  target.set(value, end);
  return end + value.byteLength;
}

function writeFieldStart(target: Buffer, offset: number, tag: number, bytes: number): number {
  let end = offset;
  target[end++] = tag;
  let rest = bytes;
  for (; rest > 0x7f; rest >>>= 7) target[end++] = (rest & 0x7f) | 0x80;
  target[end++] = rest;
  return end;
}

function decodeFields(bytes: Uint8Array): EnvelopeFields {
  try {
    return EnvelopeMessage.decode(bytes);
  } catch (cause) {
    throw new StatefunError('ENVELOPE_UNREADABLE', `${bytes.byteLength} bytes are not a Protobuf envelope: ${toError(cause).message}.`, {
      cause,
    });
  }
}
