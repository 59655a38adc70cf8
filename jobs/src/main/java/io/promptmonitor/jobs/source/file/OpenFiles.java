package io.promptmonitor.jobs.source.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files a reader has open: at most so many at a time, however many are being read. Beyond that,
 * the one not read for the longest time is closed, and opened again where it was when it is needed.
 */
final class OpenFiles {

  private final int limit;
  private final LinkedHashMap<FileInput, FileChannel> channels =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  /** At most {@code limit} files, 1 or more. */
  OpenFiles(int limit) {
    this.limit = limit;
  }

  /** How many files are open. */
  int count() {
    return channels.size();
  }

  /**
   * The bytes of a file from its beginning; the file is opened with the first read. A failure names
   * the file.
   */
  FileInput file(String path) {
    return new FileInput(path);
  }

  private FileChannel channel(FileInput handle) throws IOException {
    FileChannel channel = channels.get(handle);
    if (channel == null) {
      makeRoom();
      channel = open(handle.path);
      channels.put(handle, channel);
    }
    return channel;
  }

  private void makeRoom() throws IOException {
    Iterator<Map.Entry<FileInput, FileChannel>> leastRecentlyRead = channels.entrySet().iterator();
    while (channels.size() >= limit) {
      FileChannel channel = leastRecentlyRead.next().getValue();
      leastRecentlyRead.remove();
      channel.close();
    }
  }

  private static FileChannel open(String path) throws InputFileException {
    try {
      return FileChannel.open(Path.of(path), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new InputFileException(path + ": no such file; it was there when the job started", e);
    } catch (AccessDeniedException e) {
      throw new InputFileException(path + ": no permission to read", e);
    } catch (IOException e) {
      throw new InputFileException(path + ": cannot be opened: " + e.getMessage(), e);
    }
  }

  /** One file and how far it has been read, open or not. */
  final class FileInput extends InputStream {

    private final String path;
    private long offset;

    private FileInput(String path) {
      this.path = path;
    }

    /** Goes on reading at the given offset in bytes, which the file has to be long enough for. */
    void seek(long newOffset) throws IOException {
      if (channel(this).size() < newOffset) {
        throw new EOFException("the file has become shorter than what was read of it before");
      }
      offset = newOffset;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int start, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int count = channel(this).read(ByteBuffer.wrap(buffer, start, length), offset);
      if (count > 0) {
        offset += count;
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      FileChannel channel = channels.remove(this);
      if (channel != null) {
        channel.close();
      }
    }
  }
}
