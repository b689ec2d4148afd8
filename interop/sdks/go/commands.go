package main

import (
	"errors"
	"io"

	"github.com/apache/flink-statefun/statefun-sdk-go/v3/pkg/statefun"
	"google.golang.org/protobuf/encoding/protowire"
)

// The commands of commands.proto, by their field numbers. What a command sends is passed on as the bytes it came as, so nothing but the
// outermost level is ever decoded.
const (
	increment       = 1
	send            = 2
	sendAfter       = 3
	sendEgress      = 4
	asyncOperation  = 5
	verify          = 6
	cancelSendAfter = 7
)

type field struct {
	number  protowire.Number
	value   []byte
	integer uint64
}

type fields []field

// fieldsOf panics on bytes that are no message: the SDK answers 500 to a panic that holds an error.
func fieldsOf(bytes []byte) (all fields) {
	for len(bytes) > 0 {
		number, wireType, length := protowire.ConsumeTag(bytes)
		if length < 0 {
			panic(protowire.ParseError(length))
		}
		bytes = bytes[length:]
		one := field{number: number}
		switch wireType {
		case protowire.BytesType:
			one.value, length = protowire.ConsumeBytes(bytes)
		case protowire.VarintType:
			one.integer, length = protowire.ConsumeVarint(bytes)
		default:
			panic(errors.New("a wire type that commands.proto does not use"))
		}
		if length < 0 {
			panic(protowire.ParseError(length))
		}
		bytes = bytes[length:]
		all = append(all, one)
	}
	return all
}

func (all fields) bytes(number protowire.Number) []byte {
	for _, one := range all {
		if one.number == number {
			return one.value
		}
	}
	return []byte{}
}

func (all fields) number(number protowire.Number) int64 {
	for _, one := range all {
		if one.number == number {
			return int64(one.integer)
		}
	}
	return 0
}

func verificationResult(id, expected, actual int64) (bytes []byte) {
	for index, value := range []int64{id, expected, actual} {
		bytes = protowire.AppendTag(bytes, protowire.Number(index+1), protowire.VarintType)
		bytes = protowire.AppendVarint(bytes, uint64(value))
	}
	return bytes
}

// rawType is a StateFun type whose values are the bytes themselves.
type rawType struct{ name statefun.TypeName }

func (raw rawType) GetTypeName() statefun.TypeName { return raw.name }

func (raw rawType) Deserialize(reader io.Reader, receiver interface{}) error {
	bytes, err := io.ReadAll(reader)
	*receiver.(*[]byte) = bytes
	return err
}

func (raw rawType) Serialize(writer io.Writer, value interface{}) error {
	_, err := writer.Write(value.([]byte))
	return err
}
