package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InMemoryPromptRegistryTest extends PromptRegistryContract {

  private static final Instant START = Instant.parse("2026-01-05T10:00:00.123456Z");

  private final AtomicReference<Instant> clock = new AtomicReference<>(START);

  @Override
  PromptRegistry newRegistry() {
    return new InMemoryPromptRegistry(
        () -> "tester", () -> clock.getAndUpdate(now -> now.plusMillis(1)));
  }

  @Test
  void aClockThatIsSetBackDoesNotTurnTheHistoryRound() {
    PromptRegistry registry = newRegistry();
    registry.execute(List.of(register("p", "1.0.0")));
    clock.set(START.minusSeconds(60));
    registry.execute(List.of(register("p", "1.1.0")));
    assertThat(registry.history("p").stream().map(RegistryEvent::at)).containsExactly(START, START);
  }
}
