package io.promptmonitor.jobs.sink;

import static io.promptmonitor.notifications.OutboxRows.alert;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.notifications.OutboxRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is in the outbox after messages are made again, in other company. */
class NotificationTableTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final AlertMessage A = alert("checkout", 1, Reason.FIRING);
  private static final AlertMessage B = alert("checkout", 2, Reason.FIRING);
  private static final AlertMessage C = alert("checkout", 3, Reason.FIRING);

  private final NotificationTable table = new NotificationTable();

  @BeforeEach
  void clear() {
    postgres.execute("TRUNCATE promptmon.notification, promptmon.notification_message");
  }

  private void write(String status, Notification notification) throws Exception {
    OutboxRow row = new OutboxRow(notification, status);
    String sql = table.statements().get(table.statement(row));
    try (Connection connection = postgres.database().connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      table.bind(row, statement);
      statement.execute();
    }
  }

  private void write(String status, String id, AlertMessage... alerts) throws Exception {
    write(status, OutboxRows.of(id, "slack", alerts));
  }

  /** The rows in the order in which they are sent, with the episodes they are about. */
  private static List<String> rows() {
    return postgres
        .query(
            """
            SELECT notification_id, status, (
              SELECT string_agg((alert->>'reason') || right(alert->>'alert_id', 1), ' ' ORDER BY place)
              FROM jsonb_array_elements(content->'alerts') WITH ORDINALITY AS a (alert, place))
            FROM notification ORDER BY position
            """)
        .lines()
        .toList();
  }

  @Test
  void aMessageIsToldOnceInWhateverCompanyItComesAgain() throws Exception {
    write("pending", "a", A);
    write("pending", "b", B);
    // The job failed before a checkpoint, and catches up.
    write("pending", "ab", A, B);
    assertThat(rows()).containsExactly("a|pending|firing1", "b|pending|firing2");
    write("pending", "a", A);
    assertThat(rows()).hasSize(2);
  }

  @Test
  void whatIsNewInAGroupIsTold() throws Exception {
    write("pending", "b", B);
    write("pending", "abc", A, B, C);
    assertThat(rows()).containsExactly("b|pending|firing2", "abc|pending|firing1 firing3");
    write("pending", "abc", A, B, C);
    assertThat(rows()).hasSize(2);
    Notification told =
        NotificationJson.read(
            postgres.query("SELECT content FROM notification WHERE notification_id = 'abc'"));
    assertThat(told).isEqualTo(OutboxRows.of("abc", "slack", A, C));
  }

  @Test
  void dueIsTheEarliestOfWhatIsLeft() throws Exception {
    Instant due = OutboxRows.FIRED.plusSeconds(60);
    AlertMessage late = OutboxRows.due(B, due);
    write("pending", "a", A);
    write("pending", "ab", A, late);
    String content =
        postgres.query("SELECT content FROM notification WHERE notification_id = 'ab'");
    assertThat(NotificationJson.read(content).dueAt()).isEqualTo(due);
    assertThat(postgres.query("SELECT count(*) FROM notification WHERE due_at = '" + due + "'"))
        .isEqualTo("1");
  }

  @Test
  void onlyRepetitionsAreToldApartByTheirNumbers() throws Exception {
    write("pending", "e", alert("checkout", 1, Reason.ESCALATED, 3));
    // Fewer repetitions were made before it this time.
    write("pending", "e2", alert("checkout", 1, Reason.ESCALATED, 2));
    write("pending", "r2", alert("checkout", 1, Reason.REPEATED, 2));
    write("pending", "r3", alert("checkout", 1, Reason.REPEATED, 3));
    assertThat(rows())
        .containsExactly("e|pending|escalated1", "r2|pending|repeated1", "r3|pending|repeated1");
  }

  @Test
  void eachChannelIsTold() throws Exception {
    write("pending", "s", A);
    write("pending", OutboxRows.of("w", "webhook", A));
    assertThat(rows()).containsExactly("s|pending|firing1", "w|pending|firing1");
  }

  @Test
  void whatAReplayRecordedIsStillToBeTold() throws Exception {
    write("recorded", "ab", A, B);
    write("recorded", "c", C);
    write("pending", "a", A);
    // In the same company as in the replay, but for what was told already.
    write("pending", "ab", A, B);
    write("pending", "c", C);
    assertThat(rows())
        .containsExactly("a|pending|firing1", "ab|pending|firing2", "c|pending|firing3");
    assertThat(postgres.query("SELECT count(settled_at) FROM notification")).isEqualTo("0");
  }

  @Test
  void whatWasToldIsNotRecordedByAReplay() throws Exception {
    write("pending", "a", A);
    write("recorded", "ab", A, B);
    write("recorded", "a", A);
    assertThat(rows()).containsExactly("a|pending|firing1", "ab|recorded|firing2");
  }

  @Test
  void aNoticeIsWrittenOnce() throws Exception {
    Notice notice = new Notice("key", "critical", "something", List.of(), false);
    Notification notification =
        new Notification("n", "slack", "", OutboxRows.FIRED, OutboxRows.FIRED, List.of(), notice);
    write("pending", notification);
    write("pending", notification);
    assertThat(rows()).containsExactly("n|pending|NULL");
  }

  @Test
  void messagesAreForgottenWithTheirNotification() throws Exception {
    write("pending", "a", A);
    postgres.execute("DELETE FROM promptmon.notification");
    assertThat(postgres.query("SELECT count(*) FROM notification_message")).isEqualTo("0");
  }
}
