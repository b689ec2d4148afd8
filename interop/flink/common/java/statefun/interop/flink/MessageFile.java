package statefun.interop.flink;

import com.google.protobuf.Message;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;

/**
 * Messages in a file that may grow: a 4-byte length, the most significant byte first, then a FromFunction of StateFun's protocol that holds
 * one outgoing message.
 */
final class MessageFile implements Closeable {
  private final RandomAccessFile file;
  private long offset;

  MessageFile(String path, long offset) throws IOException {
    System.out.println("reading from byte " + offset);
    this.file = new RandomAccessFile(path, "r");
    this.offset = offset;
  }

  /** Where the next record begins: what a checkpoint keeps. */
  long offset() {
    return offset;
  }

  /** Answers null while the next record is not there, or not whole. */
  Message next() throws IOException {
    long available = file.length() - offset;
    if (available < 4) return null;
    file.seek(offset);
    int size = file.readInt();
    if (available < 4 + size) return null;
    byte[] record = new byte[size];
    file.readFully(record);
    offset += 4 + size;
    return FromFunction.parseFrom(record).getInvocationResult().getOutgoingMessages(0);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
