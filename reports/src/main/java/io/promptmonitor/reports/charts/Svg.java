package io.promptmonitor.reports.charts;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes an SVG element; the JDK's XML writer escapes all text. */
final class Svg {

  /** Not by service: another implementation on the class path would write other bytes. */
  private static final XMLOutputFactory FACTORY = XMLOutputFactory.newDefaultFactory();

  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter out;

  /**
   * Begins an image.
   *
   * @param id unique on the page
   * @param title what it shows, for those who cannot see it
   * @param description what is to be seen in it
   */
  Svg(String id, int height, String title, String description) {
    try {
      out = FACTORY.createXMLStreamWriter(text);
    } catch (XMLStreamException e) {
      throw failed(e);
    }
    open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 " + Plot.WIDTH + " " + height,
        "role",
        "img",
        "aria-labelledby",
        id + "-title " + id + "-description");
    text("title", title, "id", id + "-title");
    text("desc", description, "id", id + "-description");
  }

  /** Begins an element. */
  void open(String name, String... attributes) {
    try {
      out.writeStartElement(name);
      attributes(attributes);
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** Ends the element that was begun last. */
  void close() {
    try {
      out.writeEndElement();
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** An element without content. */
  void empty(String name, String... attributes) {
    try {
      out.writeEmptyElement(name);
      attributes(attributes);
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** An element with text. */
  void text(String name, String content, String... attributes) {
    try {
      out.writeStartElement(name);
      attributes(attributes);
      out.writeCharacters(content);
      out.writeEndElement();
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** A group whose text shows when a pointer is above it. */
  void openWithHint(String hint) {
    open("g");
    text("title", hint);
  }

  void line(String mark, double x1, double y1, double x2, double y2) {
    empty("line", "class", mark, "x1", at(x1), "y1", at(y1), "x2", at(x2), "y2", at(y2));
  }

  /** Ends the image. */
  String end() {
    try {
      out.writeEndElement();
      out.flush();
    } catch (XMLStreamException e) {
      throw failed(e);
    }
    return text.toString();
  }

  /** A coordinate, to a tenth. */
  static String at(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  private void attributes(String... namesAndValues) throws XMLStreamException {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
    }
  }

  private static IllegalStateException failed(XMLStreamException e) {
    return new IllegalStateException("text in memory can always be written", e);
  }
}
