package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs: an archive on the class path, unpacked once for each user. */
final class PostgresBinaries {

  private PostgresBinaries() {}

  /**
   * The directory with {@code bin}, {@code lib} and {@code share}; unpacked to the user's cache
   * ({@code ~/.cache/promptmon}), or below {@code fallback} where that cannot be written.
   *
   * @throws DatabaseException if there are no binaries for this machine
   */
  static Path unpacked(Path fallback, Consumer<String> progress) throws IOException {
    URL archive = archive();
    String name = "postgres-" + digest(archive).substring(0, 16);
    List<Path> candidates =
        List.of(
            Path.of(System.getProperty("user.home", "."), ".cache", "promptmon"),
            fallback.toAbsolutePath());
    for (Path candidate : candidates) {
      Path directory = candidate.resolve(name);
      if (Files.isExecutable(directory.resolve("bin/postgres"))) {
        return directory;
      }
    }
    for (Path candidate : candidates) {
      if (isWritable(candidate)) {
        progress.accept("unpacking PostgreSQL to " + candidate + " (once)");
        return unpack(archive, candidate.resolve(name));
      }
    }
    throw new DatabaseException(
        "cannot unpack PostgreSQL: neither "
            + candidates.get(0)
            + " nor "
            + candidates.get(1)
            + " can be written");
  }

  private static URL archive() {
    String system = system(System.getProperty("os.name", ""));
    String architecture = architecture(System.getProperty("os.arch", ""));
    URL archive =
        PostgresBinaries.class
            .getClassLoader()
            .getResource("postgres-" + system + "-" + architecture + ".txz");
    if (archive == null) {
      throw new DatabaseException(
          "there is no embedded PostgreSQL for this machine ("
              + System.getProperty("os.name")
              + ", "
              + System.getProperty("os.arch")
              + "): name a server with --db or "
              + Database.URL_VARIABLE);
    }
    return archive;
  }

  private static String system(String osName) {
    String name = osName.toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.replace(' ', '_');
  }

  private static String architecture(String osArch) {
    return switch (osArch.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      default -> osArch;
    };
  }

  private static String digest(URL archive) throws IOException {
    try (InputStream in = archive.openStream();
        DigestInputStream digesting =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digesting.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static boolean isWritable(Path directory) {
    try {
      Files.createDirectories(directory);
      return Files.isWritable(directory);
    } catch (IOException e) {
      return false;
    }
  }

  /** Unpacks aside, then renames: a directory that is there is complete. */
  private static Path unpack(URL archive, Path directory) throws IOException {
    Path aside = Files.createTempDirectory(directory.getParent(), "unpacking-");
    try (InputStream in = archive.openStream();
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, aside);
      }
      move(aside, directory);
      return directory;
    } finally {
      deleteRecursively(aside);
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory)
      throws IOException {
    Path target = directory.resolve(entry.getName()).normalize();
    if (!target.startsWith(directory)) {
      throw new IOException("the archive of PostgreSQL has an entry outside of it");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Files.createLink(target, directory.resolve(entry.getLinkName()));
    } else {
      Files.copy(tar, target);
      boolean executable = (entry.getMode() & 0100) != 0;
      Set<PosixFilePermission> permissions =
          PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
      Files.setPosixFilePermissions(target, permissions);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.setPosixFilePermissions(from, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // Somebody else was faster; what they unpacked is the same.
      if (!Files.isExecutable(to.resolve("bin/postgres"))) {
        throw e;
      }
    }
  }

  /** Deletes a directory with all in it; nothing happens if it is not there. */
  static void deleteRecursively(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
