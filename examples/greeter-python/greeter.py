"""Greets users, and knows how often each of them has come in the current session."""
from datetime import timedelta

from aiohttp import web
from statefun import (Context, Message, RequestReplyHandler, StatefulFunctions, ValueSpec, egress_message_builder,
                      make_json_type)

LOGIN_EVENT = make_json_type(typename="demo/LoginEvent")
SESSION = make_json_type(typename="demo/Session")
EGRESS_RECORD = make_json_type(typename="io.statefun.playground/EgressRecord")

functions = StatefulFunctions()


# The engine keeps the session of each user, and forgets it half an hour after the last login.
@functions.bind("demo/greeter", specs=[ValueSpec(name="session", type=SESSION, expire_after_call=timedelta(minutes=30))])
def greet(context: Context, message: Message) -> None:
    event = message.as_type(LOGIN_EVENT)
    session = context.storage.session or {"logins": 0}
    session["logins"] += 1
    context.storage.session = session
    greeting = f"Hey {event['user_name']}! Login {session['logins']} of this session."
    record = {"topic": "greetings", "payload": greeting}
    context.send_egress(egress_message_builder("io.statefun.playground/egress", value=record, value_type=EGRESS_RECORD))


handler = RequestReplyHandler(functions)


async def handle(request: web.Request) -> web.Response:
    response = await handler.handle_async(await request.read())
    return web.Response(body=response, content_type="application/octet-stream")


if __name__ == "__main__":
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.add_routes([web.post("/statefun", handle)])
    web.run_app(app, host="127.0.0.1", port=8000, print=None)
