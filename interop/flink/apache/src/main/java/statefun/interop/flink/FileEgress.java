package statefun.interop.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.VoidSerializer;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;
import org.apache.flink.streaming.api.functions.sink.TwoPhaseCommitSinkFunction;

/** Writes each record once, when the checkpoint it belongs to is complete. To Flink a transaction is its name. */
public final class FileEgress extends TwoPhaseCommitSinkFunction<TypedValue, String, Void> {
  private static final long serialVersionUID = 1L;

  private final String output;
  private final String namespace;
  private final String type;
  private transient Transaction current;

  FileEgress(String output, String namespace, String type) {
    super(StringSerializer.INSTANCE, VoidSerializer.INSTANCE);
    this.output = output;
    this.namespace = namespace;
    this.type = type;
  }

  @Override
  protected String beginTransaction() {
    current = new Transaction(output);
    return current.name();
  }

  @Override
  protected void invoke(String transaction, TypedValue value, Context context) throws IOException {
    current.add(namespace, type, value);
  }

  @Override
  protected void preCommit(String transaction) throws IOException {
    if (!current.isEmpty()) current.prepare();
  }

  @Override
  protected void commit(String transaction) {
    try {
      Transaction.commit(transaction, output);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  protected void abort(String transaction) {
    try {
      Files.deleteIfExists(Path.of(transaction));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
