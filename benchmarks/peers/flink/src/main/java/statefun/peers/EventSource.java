package statefun.peers;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.source.RichSourceFunction;

/** Emits the events of every phase from memory. Its position is part of the checkpoints, as that of a stream would be. */
final class EventSource extends RichSourceFunction<Envelope> implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;
  private static final String SOURCE = "http://example.com/benchmark";

  private volatile boolean isRunning = true;
  private transient ListState<Long> positions;
  private transient long position;

  @Override
  public void run(SourceContext<Envelope> context) throws Exception {
    int done = 0;
    while (isRunning) {
      if (done == Run.phases.size()) {
        Thread.sleep(1);
        continue;
      }
      emitAll(Run.phases.get(done), context);
      done += 1;
      Run.phasesDone.set(done);
    }
  }

  private void emitAll(Phase phase, SourceContext<Envelope> context) throws InterruptedException {
    if (phase.asksCarts) {
      for (String cart : Run.events.cartIds(phase.to)) emit(CloudEvents.text(SOURCE, CartModule.CART_ASKED, cart), context);
      return;
    }
    for (int index = phase.from; index < phase.to && isRunning; index += 1) {
      while (phase.isPaced() && System.nanoTime() < phase.dueNanos(index)) Thread.sleep(1);
      emit(Run.events.event(index), context);
    }
  }

  private void emit(String payload, SourceContext<Envelope> context) {
    synchronized (context.getCheckpointLock()) {
      context.collect(Envelope.newBuilder().setPayload(payload).build());
      position += 1;
    }
  }

  @Override
  public void cancel() {
    isRunning = false;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    positions.clear();
    positions.add(position);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    positions = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("position", Long.class));
  }
}
