package statefun.interop.flink;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/** Reads the file once it has been given its position; a reader that is given none waits for ever. */
final class FileReader implements SourceReader<Message, FilePosition> {
  private static final Executor LATER = CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS);

  private final String path;
  private final FailurePlan plan;
  private MessageFile file;

  FileReader(String path, FailurePlan plan) {
    this.path = path;
    this.plan = plan;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Message> output) throws IOException {
    Message message = file == null || plan.waitsForCheckpoint() ? null : file.next();
    if (message == null) return InputStatus.NOTHING_AVAILABLE;
    output.collect(message);
    plan.recordLeft();
    return InputStatus.MORE_AVAILABLE;
  }

  /** Flink asks after nothing was available: the file is looked at again a little later. */
  @Override
  public CompletableFuture<Void> isAvailable() {
    return CompletableFuture.runAsync(() -> {}, LATER);
  }

  @Override
  public void addSplits(List<FilePosition> splits) {
    try {
      for (FilePosition split : splits) file = new MessageFile(path, split.offset());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public List<FilePosition> snapshotState(long checkpointId) {
    return file == null ? List.of() : List.of(new FilePosition(file.offset()));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    plan.checkpointCompleted();
  }

  @Override
  public void start() {
    // The position comes by itself.
  }

  @Override
  public void notifyNoMoreSplits() {
    // There is never another one.
  }

  @Override
  public void close() throws IOException {
    if (file != null) file.close();
  }
}
