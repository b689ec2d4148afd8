// A command interpreter and a greeter with the official Go SDK. Usage: functions PORT
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/apache/flink-statefun/statefun-sdk-go/v3/pkg/statefun"
)

var (
	greeter      = statefun.TypeNameFrom("interop.example/greeter")
	greetings    = statefun.TypeNameFrom("interop.example/greetings")
	interpreter  = statefun.TypeNameFrom("statefun.smoke.e2e/command-interpreter-fn")
	discard      = statefun.TypeNameFrom("statefun.smoke.e2e/discard-sink")
	verification = statefun.TypeNameFrom("statefun.smoke.e2e/verification-sink")

	sourceCommandType = rawType{statefun.TypeNameFrom("statefun.smoke.e2e/source-command")}
	commandsType      = rawType{statefun.TypeNameFrom("statefun.smoke.e2e/commands")}
	resultType        = rawType{statefun.TypeNameFrom("statefun.smoke.e2e/verification-result")}

	state  = statefun.ValueSpec{Name: "state", ValueType: statefun.Int64Type}
	visits = statefun.ValueSpec{Name: "visits", ValueType: statefun.Int32Type}
)

func interpretMessage(context statefun.Context, message statefun.Message) error {
	bytes := message.RawValue()
	if message.Is(sourceCommandType) {
		bytes = fieldsOf(bytes).bytes(2)
	}
	return interpret(context, bytes)
}

func interpret(context statefun.Context, commands []byte) error {
	for _, field := range fieldsOf(commands) {
		command := fieldsOf(field.value)[0]
		value := fieldsOf(command.value)
		switch command.number {
		case increment:
			context.Storage().Set(state, count(context)+1)
		case send:
			context.Send(toInterpreter(value))
		case sendAfter:
			if token := value.bytes(3); len(token) > 0 {
				cancellable, err := statefun.NewCancellationToken(string(token))
				if err != nil {
					return err
				}
				context.SendAfterWithCancellationToken(time.Millisecond, cancellable, toInterpreter(value))
			} else {
				context.SendAfter(time.Millisecond, toInterpreter(value))
			}
		case cancelSendAfter:
			token, err := statefun.NewCancellationToken(string(value.bytes(2)))
			if err != nil {
				return err
			}
			context.CancelDelayedMessage(token)
		case sendEgress:
			context.SendEgress(statefun.GenericEgressBuilder{Target: discard, Value: "discarded-message", ValueType: statefun.StringType})
		case asyncOperation:
			done := make(chan error)
			go func() { done <- interpret(context, value.bytes(2)) }()
			if err := <-done; err != nil {
				return err
			}
		case verify:
			id, err := strconv.Atoi(context.Self().Id)
			if err != nil {
				return err
			}
			result := verificationResult(int64(id), value.number(1), count(context))
			context.SendEgress(statefun.GenericEgressBuilder{Target: verification, Value: result, ValueType: resultType})
		default:
			return fmt.Errorf("there is no command %d", command.number)
		}
	}
	return nil
}

func count(context statefun.Context) (value int64) {
	context.Storage().Get(state, &value)
	return value
}

func toInterpreter(send fields) statefun.MessageBuilder {
	target := statefun.Address{FunctionType: interpreter, Id: strconv.FormatInt(send.number(1), 10)}
	return statefun.MessageBuilder{Target: target, Value: send.bytes(2), ValueType: commandsType}
}

func greet(context statefun.Context, message statefun.Message) error {
	var visit int32
	context.Storage().Get(visits, &visit)
	context.Storage().Set(visits, visit+1)
	greeting := fmt.Sprintf("%s %s, visit %d", message.AsString(), context.Self().Id, visit+1)
	context.SendEgress(statefun.GenericEgressBuilder{Target: greetings, Value: greeting, ValueType: statefun.StringType})
	return nil
}

func main() {
	// What started this process holds its standard input; when it is gone, so is the reason to go on.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	functions := statefun.StatefulFunctionsBuilder()
	for _, spec := range []statefun.StatefulFunctionSpec{
		{FunctionType: interpreter, States: []statefun.ValueSpec{state}, Function: statefun.StatefulFunctionPointer(interpretMessage)},
		{FunctionType: greeter, States: []statefun.ValueSpec{visits}, Function: statefun.StatefulFunctionPointer(greet)},
	} {
		if err := functions.WithSpec(spec); err != nil {
			log.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, functions.AsHandler()))
}
