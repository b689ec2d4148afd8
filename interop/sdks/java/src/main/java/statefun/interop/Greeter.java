package statefun.interop;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.EgressMessageBuilder;
import org.apache.flink.statefun.sdk.java.message.Message;

/** Greets with the word it is sent, and counts the visits. */
final class Greeter implements StatefulFunction {
  private static final TypeName SELF = TypeName.typeNameOf("interop.example", "greeter");
  private static final TypeName GREETINGS = TypeName.typeNameOf("interop.example", "greetings");
  private static final ValueSpec<Integer> VISITS = ValueSpec.named("visits").withIntType();

  static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(SELF).withValueSpec(VISITS).withSupplier(Greeter::new).build();

  @Override
  public CompletableFuture<Void> apply(Context context, Message message) {
    int visits = context.storage().get(VISITS).orElse(0) + 1;
    context.storage().set(VISITS, visits);
    String greeting = message.asUtf8String() + " " + context.self().id() + ", visit " + visits;
    context.send(EgressMessageBuilder.forEgress(GREETINGS).withValue(greeting).build());
    return context.done();
  }
}
