package io.promptmonitor.common.ingest;

import io.promptmonitor.common.ingest.RecordField.Section;
import org.jspecify.annotations.Nullable;

/**
 * Which field probably comes next: the one that did in an earlier record.
 *
 * <p>Comparing a name with the one expected is much cheaper than looking it up, and producers write
 * their fields in the same order again and again. A wrong guess costs only the lookup.
 */
final class FieldOrder {

  private final RecordField[] first = new RecordField[Section.values().length];
  private final RecordField[] after = RecordField.values();

  /** Begins with the order of the public format. */
  FieldOrder() {
    RecordField[] fields = RecordField.values();
    for (int i = fields.length - 1; i >= 0; i--) {
      Section section = fields[i].section();
      boolean last = i + 1 == fields.length || fields[i + 1].section() != section;
      after[i] = last ? fields[i] : fields[i + 1];
      first[section.ordinal()] = fields[i];
    }
  }

  /** The field that an object probably begins with. */
  RecordField first(Section section) {
    return first[section.ordinal()];
  }

  /** The field that probably follows. */
  RecordField after(RecordField field) {
    return after[field.ordinal()];
  }

  /** Notes that {@code field} followed {@code previous}, or came first if that is null. */
  void learn(Section section, @Nullable RecordField previous, RecordField field) {
    if (previous == null) {
      first[section.ordinal()] = field;
    } else {
      after[previous.ordinal()] = field;
    }
  }
}
