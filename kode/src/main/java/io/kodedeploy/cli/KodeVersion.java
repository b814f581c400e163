package io.kodedeploy.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class KodeVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "kode "
          + Objects.requireNonNullElse(
              KodeVersion.class.getPackage().getImplementationVersion(), "(not packaged)")
    };
  }
}
