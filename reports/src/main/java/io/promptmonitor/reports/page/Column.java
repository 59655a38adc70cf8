package io.promptmonitor.reports.page;

/**
 * A column of a table.
 *
 * @param title its heading
 * @param isNumeric whether it holds numbers, which are set to the right
 */
public record Column(String title, boolean isNumeric) {

  public static Column text(String title) {
    return new Column(title, false);
  }

  public static Column number(String title) {
    return new Column(title, true);
  }
}
