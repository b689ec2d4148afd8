package statefun.interop.flink;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.source.SourceFunction;

/**
 * Reads messages from a file, and follows it as it grows: a 4-byte length, the most significant byte first, then a FromFunction of
 * StateFun's protocol that holds one outgoing message.
 *
 * <p>It fails as often as asked, each time after a checkpoint has completed and more records have left since, so that a failure always takes
 * back work that was done. The count of failures lives as long as the JVM: what a failure rolls back must not forget that it happened.
 */
public final class FileIngress implements SourceFunction<Message>, CheckpointedFunction, CheckpointListener {
  private static final long serialVersionUID = 1L;

  /** So many records leave between a checkpoint and the failure that follows it. */
  private static final int RECORDS_LOST_BY_A_FAILURE = 200;

  private static final AtomicInteger failuresSoFar = new AtomicInteger();

  private final String path;
  private final int failures;
  private final int failAfter;

  private volatile boolean running = true;
  private volatile boolean checkpointCompleted;
  private transient long offset;
  private transient ListState<Long> offsets;

  FileIngress(String path, int failures, int failAfter) {
    this.path = path;
    this.failures = failures;
    this.failAfter = failAfter;
  }

  @Override
  public void run(SourceContext<Message> context) throws Exception {
    System.out.println("reading from byte " + offset);
    int records = 0;
    int recordsSinceCheckpoint = 0;
    try (RandomAccessFile file = new RandomAccessFile(path, "r")) {
      while (running) {
        boolean mayFail = failuresSoFar.get() < failures && records >= failAfter;
        if (mayFail && checkpointCompleted && recordsSinceCheckpoint >= RECORDS_LOST_BY_A_FAILURE) fail(records);
        byte[] record = mayFail && !checkpointCompleted ? null : readNext(file);
        if (record == null) {
          Thread.sleep(10);
          continue;
        }
        Message message = FromFunction.parseFrom(record).getInvocationResult().getOutgoingMessages(0);
        synchronized (context.getCheckpointLock()) {
          context.collect(message);
          offset += 4 + record.length;
        }
        records += 1;
        if (checkpointCompleted) recordsSinceCheckpoint += 1;
      }
    }
  }

  private static void fail(int records) {
    int number = failuresSoFar.incrementAndGet();
    System.out.println("failure " + number + " after " + records + " records");
    throw new IllegalStateException("failure " + number + ", as asked for");
  }

  /** Answers null while the next record is not there, or not whole. */
  private byte[] readNext(RandomAccessFile file) throws IOException {
    long available = file.length() - offset;
    if (available < 4) return null;
    file.seek(offset);
    int size = file.readInt();
    if (available < 4 + size) return null;
    byte[] bytes = new byte[size];
    file.readFully(bytes);
    return bytes;
  }

  @Override
  public void cancel() {
    running = false;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    checkpointCompleted = true;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    offsets.clear();
    offsets.add(offset);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    offsets = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("offset", Long.class));
    offset = 0;
    for (long restored : offsets.get()) offset = restored;
  }
}
