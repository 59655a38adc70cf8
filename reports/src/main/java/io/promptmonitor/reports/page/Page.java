package io.promptmonitor.reports.page;

import java.util.List;

/**
 * A page of a report.
 *
 * @param title its heading
 * @param facts what it is about: a line each below the heading
 * @param attention what to look at first, the most important first
 * @param sections its sections
 */
public record Page(
    String title, List<Bullet> facts, List<Bullet> attention, List<Section> sections) {

  public Page {
    facts = List.copyOf(facts);
    attention = List.copyOf(attention);
    sections = List.copyOf(sections);
  }
}
