package statefun.interop.flink;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.VoidSerializer;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;
import org.apache.flink.streaming.api.functions.sink.TwoPhaseCommitSinkFunction;

/**
 * Writes each record once to a file, when the checkpoint it belongs to is complete: a 4-byte length, the most significant byte first, then
 * a FromFunction of StateFun's protocol that holds one egress message.
 *
 * <p>A transaction is a file of its own, whose name is all that the checkpoint keeps of it. Committing appends it to the output and deletes
 * it, so that a transaction that Flink commits again after a restart is not written twice.
 */
public final class FileEgress extends TwoPhaseCommitSinkFunction<TypedValue, String, Void> {
  private static final long serialVersionUID = 1L;

  private static final Object OUTPUT = new Object();

  private final String path;
  private final String namespace;
  private final String type;

  /** What the current transaction has collected. It reaches its file before the checkpoint does. */
  private transient ByteArrayOutputStream collected;

  FileEgress(String path, String namespace, String type) {
    super(StringSerializer.INSTANCE, VoidSerializer.INSTANCE);
    this.path = path;
    this.namespace = namespace;
    this.type = type;
  }

  @Override
  protected String beginTransaction() {
    collected = new ByteArrayOutputStream();
    return path + "." + UUID.randomUUID();
  }

  @Override
  protected void invoke(String transaction, TypedValue value, Context context) throws IOException {
    FromFunction.EgressMessage message =
        FromFunction.EgressMessage.newBuilder().setEgressNamespace(namespace).setEgressType(type).setArgument(value).build();
    FromFunction.InvocationResponse response = FromFunction.InvocationResponse.newBuilder().addOutgoingEgresses(message).build();
    byte[] record = FromFunction.newBuilder().setInvocationResult(response).build().toByteArray();
    DataOutputStream output = new DataOutputStream(collected);
    output.writeInt(record.length);
    output.write(record);
  }

  @Override
  protected void preCommit(String transaction) throws IOException {
    if (collected.size() > 0) Files.write(Path.of(transaction), collected.toByteArray());
  }

  @Override
  protected void commit(String transaction) {
    Path file = Path.of(transaction);
    try {
      synchronized (OUTPUT) {
        if (!Files.exists(file)) return;
        Files.write(Path.of(path), Files.readAllBytes(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.delete(file);
      }
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
