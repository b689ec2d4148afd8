package statefun.interop.flink;

import com.google.protobuf.Message;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Follows a {@link MessageFile} with the first of the source's subtasks; a checkpoint keeps where it is. */
public final class FileIngress implements Source<Message, FilePosition, Long> {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final FailurePlan plan;

  FileIngress(String path, FailurePlan plan) {
    this.path = path;
    this.plan = plan;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Message, FilePosition> createReader(SourceReaderContext context) {
    return new FileReader(path, plan);
  }

  @Override
  public SplitEnumerator<FilePosition, Long> createEnumerator(SplitEnumeratorContext<FilePosition> context) {
    return new Enumerator(context, 0);
  }

  @Override
  public SplitEnumerator<FilePosition, Long> restoreEnumerator(SplitEnumeratorContext<FilePosition> context, Long unassigned) {
    return new Enumerator(context, unassigned);
  }

  @Override
  public SimpleVersionedSerializer<FilePosition> getSplitSerializer() {
    return new FilePosition.SplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Long> getEnumeratorCheckpointSerializer() {
    return new FilePosition.OffsetSerializer();
  }

  /** Gives the file to the first subtask, once; from then on the position is the reader's. */
  private static final class Enumerator implements SplitEnumerator<FilePosition, Long> {
    private static final int READER = 0;

    private final SplitEnumeratorContext<FilePosition> context;
    private long unassigned;

    Enumerator(SplitEnumeratorContext<FilePosition> context, long unassigned) {
      this.context = context;
      this.unassigned = unassigned;
    }

    @Override
    public void addReader(int subtask) {
      if (subtask != READER || unassigned == FilePosition.NONE) return;
      context.assignSplit(new FilePosition(unassigned), READER);
      unassigned = FilePosition.NONE;
    }

    @Override
    public void addSplitsBack(List<FilePosition> splits, int subtask) {
      for (FilePosition split : splits) unassigned = split.offset();
    }

    @Override
    public Long snapshotState(long checkpointId) {
      return unassigned;
    }

    @Override
    public void start() {
      // The readers come by themselves.
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
      // The readers do not ask.
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
