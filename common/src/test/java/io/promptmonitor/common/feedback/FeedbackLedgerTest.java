package io.promptmonitor.common.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.QualityCounts;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class FeedbackLedgerTest {

  private static final PromptVersionId PROMPT = new PromptVersionId("p", "1.0.0");

  @Test
  void laterReplacesEarlier() {
    FeedbackLedger ledger = new FeedbackLedger();
    QualityCounts sum = new QualityCounts();
    sum.add(ledger.apply(rating(10, 2)));
    sum.add(ledger.apply(rating(20, 5)));
    assertThat(sum.ratingCount()).isEqualTo(1);
    assertThat(sum.averageRating()).isEqualTo(5);
    assertThat(sum.negativeRatingCount()).isZero();
  }

  @Test
  void repeatedAndOlderChangeNothing() {
    FeedbackLedger ledger = new FeedbackLedger();
    ledger.apply(rating(20, 4));
    assertThat(ledger.apply(rating(20, 4)).isEmpty()).isTrue();
    assertThat(ledger.apply(rating(10, 1)).isEmpty()).isTrue();
  }

  @Test
  void ratingAndScoreAreKeptApart() {
    FeedbackLedger ledger = new FeedbackLedger();
    QualityCounts sum = new QualityCounts();
    sum.add(ledger.apply(rating(20, 4)));
    sum.add(ledger.apply(feedback(10, Execution.NO_FEEDBACK, 8 * Execution.SCORE_UNIT)));
    assertThat(sum.ratingCount()).isEqualTo(1);
    assertThat(sum.scoreCount()).isEqualTo(1);
    assertThat(sum.averageScore()).isEqualTo(8);
  }

  /** Whatever the order of arrival and wherever it is saved: what counts is the latest event. */
  @Property
  void theSumIsThatOfTheLatest(@ForAll("events") List<Feedback> events) {
    FeedbackLedger ledger = new FeedbackLedger();
    QualityCounts sum = new QualityCounts();
    for (Feedback event : events) {
      ledger = FeedbackLedger.fromBytes(ledger.toBytes());
      sum.add(ledger.apply(event));
    }
    QualityCounts expected = new QualityCounts();
    events.stream()
        .filter(e -> e.userFeedback() != Execution.NO_FEEDBACK)
        .max(Comparator.comparingLong(Feedback::timestamp).thenComparing(Feedback::userFeedback))
        .ifPresent(e -> expected.add(e.userFeedback(), Execution.NO_SCORE));
    events.stream()
        .filter(e -> e.automatedScore() != Execution.NO_SCORE)
        .max(Comparator.comparingLong(Feedback::timestamp).thenComparing(Feedback::automatedScore))
        .ifPresent(e -> expected.add(Execution.NO_FEEDBACK, e.automatedScore()));
    assertThat(sum).usingRecursiveComparison().isEqualTo(expected);
  }

  @Provide
  Arbitrary<List<Feedback>> events() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 5),
            Arbitraries.bytes().between((byte) 0, (byte) 5),
            Arbitraries.integers().between(-1, 3))
        .as(FeedbackLedgerTest::feedback)
        .list()
        .ofMaxSize(8);
  }

  @Test
  void bytesInStateStayReadable() {
    FeedbackLedger ledger = new FeedbackLedger();
    ledger.apply(feedback(0x0102, (byte) 3, 7));
    assertThat(HexFormat.of().formatHex(ledger.toBytes()))
        .isEqualTo("01" + "03" + "0000000000000102" + "00000007" + "0000000000000102");
  }

  private static Feedback rating(long time, int rating) {
    return feedback(time, (byte) rating, Execution.NO_SCORE);
  }

  private static Feedback feedback(long time, byte rating, int score) {
    return new Feedback(1, PROMPT, 0, time, rating, score);
  }
}
