"""A command interpreter and a greeter with the official Python SDK. Usage: functions.py PORT"""

import asyncio
import os
import sys
import threading
from datetime import timedelta

from aiohttp import web
from statefun import (IntType, LongType, RequestReplyHandler, StatefulFunctions, StringType, ValueSpec,
                      egress_message_builder, message_builder, simple_type)

from commands_pb2 import Commands, SourceCommand, VerificationResult

INTERPRETER = "statefun.smoke.e2e/command-interpreter-fn"


def protobuf(name, message):
    return simple_type(typename=f"statefun.smoke.e2e/{name}", serialize_fn=message.SerializeToString, deserialize_fn=message.FromString)


SOURCE_COMMAND = protobuf("source-command", SourceCommand)
COMMANDS = protobuf("commands", Commands)
VERIFICATION_RESULT = protobuf("verification-result", VerificationResult)

functions = StatefulFunctions()


@functions.bind(INTERPRETER, specs=[ValueSpec(name="state", type=LongType)])
async def interpret_message(context, message):
    if message.is_type(SOURCE_COMMAND):
        await interpret(context, message.as_type(SOURCE_COMMAND).commands)
    else:
        await interpret(context, message.as_type(COMMANDS))


async def interpret(context, commands):
    for command in commands.command:
        kind = command.WhichOneof("command")
        value = getattr(command, kind)
        if kind == "increment":
            context.storage.state = (context.storage.state or 0) + 1
        elif kind == "send":
            context.send(to_interpreter(value))
        elif kind == "send_after":
            context.send_after(timedelta(milliseconds=1), to_interpreter(value), value.cancellation_token)
        elif kind == "cancel_send_after":
            context.cancel_delayed_message(value.cancellation_token)
        elif kind == "send_egress":
            context.send_egress(egress_message_builder(
                target_typename="statefun.smoke.e2e/discard-sink", value="discarded-message", value_type=StringType))
        elif kind == "async_operation":
            await asyncio.sleep(0)
            await interpret(context, value.resolved_commands)
        elif kind == "verify":
            result = VerificationResult(
                id=int(context.address.id), expected=value.expected, actual=context.storage.state or 0)
            context.send_egress(egress_message_builder(
                target_typename="statefun.smoke.e2e/verification-sink", value=result, value_type=VERIFICATION_RESULT))


def to_interpreter(send):
    return message_builder(
        target_typename=INTERPRETER, target_id=str(send.target), value=send.commands, value_type=COMMANDS)


@functions.bind("interop.example/greeter", specs=[ValueSpec(name="visits", type=IntType)])
def greet(context, message):
    visits = (context.storage.visits or 0) + 1
    context.storage.visits = visits
    context.send_egress(egress_message_builder(
        target_typename="interop.example/greetings",
        value=f"{message.as_string()} {context.address.id}, visit {visits}", value_type=StringType))


def end_with_standard_input():
    """What started this process holds its standard input; when it is gone, so is the reason to go on."""
    sys.stdin.buffer.read()
    os._exit(0)


async def serve(port):
    handler = RequestReplyHandler(functions)

    async def handle(request):
        body = await handler.handle_async(await request.read())
        return web.Response(body=body, content_type="application/octet-stream")

    application = web.Application(client_max_size=32 * 1024 * 1024)
    application.router.add_post("/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    asyncio.run(serve(int(sys.argv[1])))
