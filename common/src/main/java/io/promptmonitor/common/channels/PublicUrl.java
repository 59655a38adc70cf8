package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigValue;
import java.net.URI;
import java.net.URISyntaxException;

/** URLs that are written into the file, because they are no secrets. */
final class PublicUrl {

  private PublicUrl() {}

  /** An http or https URL without user, password, query or fragment. */
  static URI read(ConfigValue value) {
    URI url;
    try {
      url = new URI(value.text());
    } catch (URISyntaxException e) {
      throw unexpected(value);
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null) {
      throw value.invalid("a user, a password or a query does not belong into the file");
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null || url.getRawFragment() != null) {
      throw unexpected(value);
    }
    return url;
  }

  private static RuntimeException unexpected(ConfigValue value) {
    // Not quoted: it may have a password in it.
    return value.invalid("expected a URL such as https://host:9093/path");
  }
}
