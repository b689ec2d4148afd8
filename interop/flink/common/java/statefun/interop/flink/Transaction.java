package statefun.interop.flink;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;

/**
 * Egress records between two checkpoints: each a 4-byte length, the most significant byte first, then a FromFunction of StateFun's protocol
 * that holds one egress message.
 *
 * <p>A transaction becomes a file of its own, whose name is all that a checkpoint keeps of it. Committing appends it to the output and
 * deletes it, so that one that Flink commits again after a restart is not written twice.
 */
final class Transaction {
  private static final Object OUTPUT = new Object();

  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
  private final Path file;

  Transaction(String output) {
    this.file = Path.of(output + "." + UUID.randomUUID());
  }

  String name() {
    return file.toString();
  }

  boolean isEmpty() {
    return collected.size() == 0;
  }

  void add(String namespace, String type, TypedValue value) throws IOException {
    FromFunction.EgressMessage message =
        FromFunction.EgressMessage.newBuilder().setEgressNamespace(namespace).setEgressType(type).setArgument(value).build();
    FromFunction.InvocationResponse response = FromFunction.InvocationResponse.newBuilder().addOutgoingEgresses(message).build();
    byte[] record = FromFunction.newBuilder().setInvocationResult(response).build().toByteArray();
    DataOutputStream stream = new DataOutputStream(collected);
    stream.writeInt(record.length);
    stream.write(record);
  }

  void prepare() throws IOException {
    Files.write(file, collected.toByteArray());
  }

  static void commit(String name, String output) throws IOException {
    Path file = Path.of(name);
    synchronized (OUTPUT) {
      if (!Files.exists(file)) return;
      Files.write(Path.of(output), Files.readAllBytes(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      Files.delete(file);
    }
  }
}
