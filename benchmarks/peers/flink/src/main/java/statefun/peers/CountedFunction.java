package statefun.peers;

import org.apache.flink.statefun.sdk.Context;
import org.apache.flink.statefun.sdk.StatefulFunction;

/** Counts its invocations. With a parallelism of 1 all functions run on one thread. */
abstract class CountedFunction implements StatefulFunction {
  @Override
  public final void invoke(Context context, Object message) {
    Run.invocations.lazySet(Run.invocations.get() + 1);
    Envelope envelope = (Envelope) message;
    handle(context, envelope, CloudEvents.parse(envelope.getPayload()));
  }

  abstract void handle(Context context, Envelope envelope, CloudEvents.Event event);
}
