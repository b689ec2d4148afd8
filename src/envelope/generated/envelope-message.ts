// Written by scripts/generate-envelope.mjs from ../envelope.proto. Do not edit: `node scripts/generate-envelope.mjs` writes it again.
// Digest: ea5c04a3de882aa55ef534fc591bd2bc06c77bfc3b8ebeeb942673e9ce045579
// @ts-nocheck: what protobufjs wrote is JavaScript. Only the export at the end is for others, and it is typed.
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["statefun"] || ($protobuf.roots["statefun"] = {});

const statefun = $root.statefun = (() => {

    /**
     * Namespace statefun.
     * @exports statefun
     * @namespace
     */
    const statefun = {};

    statefun.Envelope = (function() {

        /**
         * Properties of an Envelope.
         * @typedef {Object} statefun.Envelope.$Properties
         * @property {string|null} [payload] The CloudEvent, as CloudEvents 1.0 JSON text.
         * @property {string|null} [partitionKey] Orders and places the record that leaves through an egress. Absent: the egress chooses.
         * @property {string|null} [messageId] Names the message: the same on every attempt and after every recovery. Absent in what other producers write.
         * @property {string|null} [typename] Instead of a payload: the type, namespace/name, of a value that came from, or goes to, a function in another language.
         * @property {Uint8Array|null} [value] The bytes of that value; absent: the type has no value.
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Envelope.
         * @memberof statefun
         * @interface IEnvelope
         * @augments statefun.Envelope.$Properties
         * @deprecated Use statefun.Envelope.$Properties instead.
         */

        /**
         * Shape of an Envelope.
         * @typedef {statefun.Envelope.$Properties} statefun.Envelope.$Shape
         */

        /**
         * Constructs a new Envelope.
         * @memberof statefun
         * @classdesc What moves inside the application, and what the log, the outbox and Flink keep.
         * 
         * Numbers 1 and 2 are those of the Java example, which skips number 3 as an unknown field. A number is never given to another field.
         * @constructor
         * @param {statefun.Envelope.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Envelope = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * The CloudEvent, as CloudEvents 1.0 JSON text.
         * @member {string} payload
         * @memberof statefun.Envelope
         * @instance
         */
        Envelope.prototype.payload = "";

        /**
         * Orders and places the record that leaves through an egress. Absent: the egress chooses.
         * @member {string|null|undefined} partitionKey
         * @memberof statefun.Envelope
         * @instance
         */
        Envelope.prototype.partitionKey = null;

        /**
         * Names the message: the same on every attempt and after every recovery. Absent in what other producers write.
         * @member {string|null|undefined} messageId
         * @memberof statefun.Envelope
         * @instance
         */
        Envelope.prototype.messageId = null;

        /**
         * Instead of a payload: the type, namespace/name, of a value that came from, or goes to, a function in another language.
         * @member {string|null|undefined} typename
         * @memberof statefun.Envelope
         * @instance
         */
        Envelope.prototype.typename = null;

        /**
         * The bytes of that value; absent: the type has no value.
         * @member {Uint8Array|null|undefined} value
         * @memberof statefun.Envelope
         * @instance
         */
        Envelope.prototype.value = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Envelope.prototype, "_partitionKey", {
            get: $util.oneOfGetter($oneOfFields = ["partitionKey"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Envelope.prototype, "_messageId", {
            get: $util.oneOfGetter($oneOfFields = ["messageId"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Envelope.prototype, "_typename", {
            get: $util.oneOfGetter($oneOfFields = ["typename"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Envelope.prototype, "_value", {
            get: $util.oneOfGetter($oneOfFields = ["value"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link statefun.Envelope.verify|verify} messages.
         * @function encode
         * @memberof statefun.Envelope
         * @static
         * @param {statefun.Envelope.$Properties} message Envelope message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Envelope.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.payload != null && $Object.hasOwnProperty.call(message, "payload") && message.payload !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.payload);
            if (message.partitionKey != null && $Object.hasOwnProperty.call(message, "partitionKey"))
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.partitionKey);
            if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId"))
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.messageId);
            if (message.typename != null && $Object.hasOwnProperty.call(message, "typename"))
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.typename);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @function decode
         * @memberof statefun.Envelope
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {statefun.Envelope & statefun.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Envelope.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.statefun.Envelope();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.payload = value;
                        else
                            delete message.payload;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.partitionKey = reader.stringVerify();
                        message._partitionKey = "partitionKey";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.messageId = reader.stringVerify();
                        message._messageId = "messageId";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.typename = reader.stringVerify();
                        message._typename = "typename";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.value = reader.bytes();
                        message._value = "value";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Envelope;
    })();

    return statefun;
})();


/** The fields of an envelope; absent optional ones are null or undefined. */
export interface EnvelopeFields {
  /** The CloudEvent, as CloudEvents 1.0 JSON text. */
  payload?: (string|null);

  /** Orders and places the record that leaves through an egress. Absent: the egress chooses. */
  partitionKey?: (string|null);

  /** Names the message: the same on every attempt and after every recovery. Absent in what other producers write. */
  messageId?: (string|null);

  /** Instead of a payload: the type, namespace/name, of a value that came from, or goes to, a function in another language. */
  typename?: (string|null);

  /** The bytes of that value; absent: the type has no value. */
  value?: (Uint8Array|null);
}

/** Reads and writes the bytes of an envelope. */
export const EnvelopeMessage: {
  encode(fields: EnvelopeFields, writer?: $protobuf.Writer): $protobuf.Writer;
  decode(reader: $protobuf.Reader | Uint8Array, length?: number): EnvelopeFields;
} = statefun.Envelope;
