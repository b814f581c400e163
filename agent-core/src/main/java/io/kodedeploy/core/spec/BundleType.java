package io.kodedeploy.core.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a bundle is packed. */
public enum BundleType {
  TAR,
  TGZ,
  ZIP,
  DIRECTORY;

  /** The word of the specification, lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<BundleType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
  }
}
