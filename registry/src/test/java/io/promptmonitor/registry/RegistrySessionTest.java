package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.database.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RegistrySessionTest {

  private static final RegistrySession.Purpose READ = new RegistrySession.Purpose("read", "reader");

  @Test
  void connectsNotAgainInTheSecondAfterItCouldNot() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RegistrySession session =
            new RegistrySession(Database.local(server.getLocalPort(), "db", "me", "secret"))) {
      Thread hangingUp = new Thread(() -> hangUp(server, attempts));
      hangingUp.start();
      RegistryException first = failure(session);
      int tried = attempts.get();
      RegistryException second = failure(session);
      assertThat(attempts).hasValue(tried).hasPositiveValue();
      assertThat(second.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(second).hasMessage(first.getMessage()).cause().isSameAs(first.getCause());
      // Who closes begins anew.
      session.close();
      failure(session);
      assertThat(attempts).hasValueGreaterThan(tried);
      server.close();
      hangingUp.join();
    }
  }

  private static RegistryException failure(RegistrySession session) {
    return catchThrowableOfType(
        RegistryException.class, () -> session.read(READ, connection -> ""));
  }

  /** Counts who connects. */
  private static void hangUp(ServerSocket server, AtomicInteger attempts) {
    try {
      while (true) {
        try (Socket caller = server.accept()) {
          // Before the caller can notice that it is hung up on.
          attempts.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // The server is closed.
    }
  }
}
