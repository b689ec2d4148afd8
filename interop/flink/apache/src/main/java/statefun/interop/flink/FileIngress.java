package statefun.interop.flink;

import com.google.protobuf.Message;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.source.SourceFunction;

/** Follows a {@link MessageFile}; a checkpoint keeps where it is. */
public final class FileIngress implements SourceFunction<Message>, CheckpointedFunction, CheckpointListener {
  private static final long serialVersionUID = 1L;
  private static final long IDLE_MILLIS = 10;

  private final String path;
  private final FailurePlan plan;

  private volatile boolean running = true;
  private transient MessageFile file;
  private transient ListState<Long> offsets;

  FileIngress(String path, FailurePlan plan) {
    this.path = path;
    this.plan = plan;
  }

  @Override
  public void run(SourceContext<Message> context) throws Exception {
    while (running) {
      if (!sendNext(context)) Thread.sleep(IDLE_MILLIS);
    }
    file.close();
  }

  private boolean sendNext(SourceContext<Message> context) throws Exception {
    if (plan.waitsForCheckpoint()) return false;
    synchronized (context.getCheckpointLock()) {
      Message message = file.next();
      if (message == null) return false;
      context.collect(message);
    }
    plan.recordLeft();
    return true;
  }

  @Override
  public void cancel() {
    running = false;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    plan.checkpointCompleted();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    offsets.clear();
    offsets.add(file.offset());
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    offsets = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("offset", Long.class));
    long offset = 0;
    for (long restored : offsets.get()) offset = restored;
    file = new MessageFile(path, offset);
  }
}
