// Greets users, and knows how often each of them has come in the current session.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/apache/flink-statefun/statefun-sdk-go/v3/pkg/statefun"
)

type LoginEvent struct {
	UserName string `json:"user_name"`
}

type Session struct {
	Logins int `json:"logins"`
}

type EgressRecord struct {
	Topic   string `json:"topic"`
	Payload string `json:"payload"`
}

var (
	loginEventType   = statefun.MakeJsonType(statefun.TypeNameFrom("demo/LoginEvent"))
	sessionType      = statefun.MakeJsonType(statefun.TypeNameFrom("demo/Session"))
	egressRecordType = statefun.MakeJsonType(statefun.TypeNameFrom("io.statefun.playground/EgressRecord"))
	greetings        = statefun.TypeNameFrom("io.statefun.playground/egress")
)

// Greeter holds no session itself: there is one Greeter for all users.
type Greeter struct {
	Session statefun.ValueSpec
}

func (greeter *Greeter) Invoke(context statefun.Context, message statefun.Message) error {
	var event LoginEvent
	if err := message.As(loginEventType, &event); err != nil {
		return err
	}
	// Stays empty for a user who has no session.
	var session Session
	context.Storage().Get(greeter.Session, &session)
	session.Logins++
	context.Storage().Set(greeter.Session, session)
	greeting := fmt.Sprintf("Hey %s! Login %d of this session.", event.UserName, session.Logins)
	context.SendEgress(statefun.GenericEgressBuilder{
		Target:    greetings,
		Value:     EgressRecord{Topic: "greetings", Payload: greeting},
		ValueType: egressRecordType,
	})
	return nil
}

func main() {
	// The engine keeps the session of each user, and forgets it half an hour after the last login.
	session := statefun.ValueSpec{Name: "session", ValueType: sessionType, Expiration: statefun.ExpireAfterCall(30 * time.Minute)}
	greeter := &Greeter{Session: session}

	functions := statefun.StatefulFunctionsBuilder()
	if err := functions.WithSpec(statefun.StatefulFunctionSpec{
		FunctionType: statefun.TypeNameFrom("demo/greeter"),
		States:       []statefun.ValueSpec{greeter.Session},
		Function:     greeter,
	}); err != nil {
		log.Fatal(err)
	}

	http.Handle("/statefun", functions.AsHandler())
	log.Fatal(http.ListenAndServe("127.0.0.1:8020", nil))
}
