package statefun.interop.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;

/** Writes each record once, when the checkpoint it belongs to is complete. What is committed is the name of a transaction. */
public final class FileEgress implements Sink<TypedValue>, SupportsCommitter<String> {
  private static final long serialVersionUID = 1L;

  private final String output;
  private final String namespace;
  private final String type;

  FileEgress(String output, String namespace, String type) {
    this.output = output;
    this.namespace = namespace;
    this.type = type;
  }

  @Override
  public CommittingSinkWriter<TypedValue, String> createWriter(WriterInitContext context) {
    return new Writer();
  }

  @Override
  public Committer<String> createCommitter(CommitterInitContext context) {
    return new FileCommitter();
  }

  @Override
  public SimpleVersionedSerializer<String> getCommittableSerializer() {
    return new NameSerializer();
  }

  private final class Writer implements CommittingSinkWriter<TypedValue, String> {
    private Transaction current = new Transaction(output);

    @Override
    public void write(TypedValue value, Context context) throws IOException {
      current.add(namespace, type, value);
    }

    @Override
    public void flush(boolean endOfInput) {
      // What is collected goes to its file when it is prepared, right after this.
    }

    @Override
    public Collection<String> prepareCommit() throws IOException {
      if (current.isEmpty()) return List.of();
      Transaction prepared = current;
      current = new Transaction(output);
      prepared.prepare();
      return List.of(prepared.name());
    }

    @Override
    public void close() {
      // What has not been prepared is sent again after a restart.
    }
  }

  private final class FileCommitter implements Committer<String> {
    @Override
    public void commit(Collection<CommitRequest<String>> requests) throws IOException {
      for (CommitRequest<String> request : requests) Transaction.commit(request.getCommittable(), output);
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  private static final class NameSerializer implements SimpleVersionedSerializer<String> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(String name) {
      return name.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String deserialize(int version, byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
