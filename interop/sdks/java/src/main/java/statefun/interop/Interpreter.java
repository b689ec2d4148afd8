package statefun.interop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.EgressMessageBuilder;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;
import statefun.interop.commands.Command;
import statefun.interop.commands.Commands;
import statefun.interop.commands.SourceCommand;
import statefun.interop.commands.VerificationResult;

/** Does what the commands say, one after another. */
final class Interpreter implements StatefulFunction {
  private static final TypeName SELF = name("command-interpreter-fn");
  private static final TypeName DISCARD = name("discard-sink");
  private static final TypeName VERIFICATION = name("verification-sink");

  private static final Type<SourceCommand> SOURCE_COMMAND =
      SimpleType.simpleImmutableTypeFrom(name("source-command"), SourceCommand::toByteArray, SourceCommand::parseFrom);
  private static final Type<Commands> COMMANDS =
      SimpleType.simpleImmutableTypeFrom(name("commands"), Commands::toByteArray, Commands::parseFrom);
  private static final Type<VerificationResult> RESULT =
      SimpleType.simpleImmutableTypeFrom(name("verification-result"), VerificationResult::toByteArray, VerificationResult::parseFrom);

  private static final ValueSpec<Long> STATE = ValueSpec.named("state").withLongType();

  static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(SELF).withValueSpec(STATE).withSupplier(Interpreter::new).build();

  private static TypeName name(String name) {
    return TypeName.typeNameOf("statefun.smoke.e2e", name);
  }

  @Override
  public CompletableFuture<Void> apply(Context context, Message message) {
    return interpret(context, message.is(SOURCE_COMMAND) ? message.as(SOURCE_COMMAND).getCommands() : message.as(COMMANDS), 0);
  }

  private CompletableFuture<Void> interpret(Context context, Commands commands, int start) {
    for (int index = start; index < commands.getCommandCount(); index++) {
      Command command = commands.getCommand(index);
      if (command.hasAsyncOperation()) {
        int next = index + 1;
        return CompletableFuture.runAsync(() -> {})
            .thenCompose(nothing -> interpret(context, command.getAsyncOperation().getResolvedCommands(), 0))
            .thenCompose(nothing -> interpret(context, commands, next));
      }
      interpretOne(context, command);
    }
    return context.done();
  }

  private static void interpretOne(Context context, Command command) {
    switch (command.getCommandCase()) {
      case INCREMENT:
        context.storage().set(STATE, count(context) + 1);
        break;
      case SEND:
        context.send(message(command.getSend().getTarget(), command.getSend().getCommands()));
        break;
      case SEND_AFTER:
        Command.SendAfter send = command.getSendAfter();
        Message message = message(send.getTarget(), send.getCommands());
        if (send.getCancellationToken().isEmpty()) context.sendAfter(Duration.ofMillis(1), message);
        else context.sendAfter(Duration.ofMillis(1), send.getCancellationToken(), message);
        break;
      case CANCEL_SEND_AFTER:
        context.cancelDelayedMessage(command.getCancelSendAfter().getCancellationToken());
        break;
      case SEND_EGRESS:
        context.send(EgressMessageBuilder.forEgress(DISCARD).withValue("discarded-message").build());
        break;
      case VERIFY:
        VerificationResult result =
            VerificationResult.newBuilder()
                .setId(Integer.parseInt(context.self().id()))
                .setExpected(command.getVerify().getExpected())
                .setActual(count(context))
                .build();
        context.send(EgressMessageBuilder.forEgress(VERIFICATION).withCustomType(RESULT, result).build());
        break;
      default:
        throw new IllegalArgumentException("there is no command " + command.getCommandCase());
    }
  }

  private static long count(Context context) {
    return context.storage().get(STATE).orElse(0L);
  }

  private static Message message(int target, Commands commands) {
    return MessageBuilder.forAddress(SELF, Integer.toString(target)).withCustomType(COMMANDS, commands).build();
  }
}
