package statefun.interop.flink;

import java.nio.ByteBuffer;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The one split of a {@link FileIngress}: the whole file, from an offset on. */
public final class FilePosition implements SourceSplit {
  /** Stands for no split in what the enumerator keeps. */
  static final long NONE = -1;

  private final long offset;

  FilePosition(long offset) {
    this.offset = offset;
  }

  long offset() {
    return offset;
  }

  @Override
  public String splitId() {
    return "file";
  }

  static final class SplitSerializer implements SimpleVersionedSerializer<FilePosition> {
    private final OffsetSerializer offsets = new OffsetSerializer();

    @Override
    public int getVersion() {
      return offsets.getVersion();
    }

    @Override
    public byte[] serialize(FilePosition position) {
      return offsets.serialize(position.offset);
    }

    @Override
    public FilePosition deserialize(int version, byte[] bytes) {
      return new FilePosition(offsets.deserialize(version, bytes));
    }
  }

  static final class OffsetSerializer implements SimpleVersionedSerializer<Long> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Long offset) {
      return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
    }

    @Override
    public Long deserialize(int version, byte[] bytes) {
      return ByteBuffer.wrap(bytes).getLong();
    }
  }
}
