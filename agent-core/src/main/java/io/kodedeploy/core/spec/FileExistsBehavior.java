package io.kodedeploy.core.spec;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/**
 * What Install does with a file that is already there. The deployment's value is free text until a
 * conflict is met (host-agent.md 5.3), therefore this is a name and not an enum.
 *
 * @param name upper case
 */
public record FileExistsBehavior(String name) {
  public static final FileExistsBehavior DISALLOW = new FileExistsBehavior("DISALLOW");
  public static final FileExistsBehavior OVERWRITE = new FileExistsBehavior("OVERWRITE");
  public static final FileExistsBehavior RETAIN = new FileExistsBehavior("RETAIN");

  static final List<FileExistsBehavior> KNOWN = List.of(DISALLOW, OVERWRITE, RETAIN);

  public FileExistsBehavior {
    requireNonNull(name, "name");
  }

  /** The value of a deployment specification: any text, read without regard to case. */
  public static FileExistsBehavior of(String text) {
    return new FileExistsBehavior(text.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name;
  }
}
