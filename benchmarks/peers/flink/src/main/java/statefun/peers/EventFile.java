package statefun.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The generated events. Each is: length of the key (2 bytes), length of the event (4 bytes), key, CloudEvent as JSON; big endian. */
final class EventFile {
  private static final int HEAD_BYTES = 6;

  private final byte[] bytes;
  private final int[] starts;
  private final int[] lengths;

  private EventFile(byte[] bytes, int count) {
    this.bytes = bytes;
    this.starts = new int[count];
    this.lengths = new int[count];
  }

  static EventFile read(Path path) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int count = 0;
    for (int position = 0; position < bytes.length; position = end(buffer, position)) count += 1;
    EventFile file = new EventFile(bytes, count);
    int index = 0;
    for (int position = 0; position < bytes.length; position = end(buffer, position)) {
      file.starts[index] = position + HEAD_BYTES + keyLength(buffer, position);
      file.lengths[index] = buffer.getInt(position + 2);
      index += 1;
    }
    return file;
  }

  private static int keyLength(ByteBuffer buffer, int position) {
    return buffer.getShort(position) & 0xffff;
  }

  private static int end(ByteBuffer buffer, int position) {
    return position + HEAD_BYTES + keyLength(buffer, position) + buffer.getInt(position + 2);
  }

  String event(int index) {
    return new String(bytes, starts[index], lengths[index], StandardCharsets.UTF_8);
  }

  int count() {
    return starts.length;
  }

  /** The ids of the carts in the first events, sorted. */
  Set<String> cartIds(int until) {
    Set<String> ids = new TreeSet<>();
    for (int index = 0; index < until; index += 1) {
      CloudEvents.Event event = CloudEvents.parse(event(index));
      if (event.type.equals(CartModule.CART_PRODUCT)) ids.add(event.cartProduct().cartId);
    }
    return ids;
  }
}
