package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;

/**
 * Sets owner, mode and time of what was just made, in that order, because a change of owner takes
 * mode bits away. For several threads.
 */
final class MemberAttributes {
  private static final int PERMISSIONS = 07777;

  private final Owners owners = new Owners();
  private volatile int usualMode = -1;

  /** Of a file made a moment ago: what its mode is anyway is not set again. */
  void setNew(Path file, MemberWriter.Attributes wanted) throws IOException {
    if (usualMode < 0) {
      usualMode = (Integer) Files.getAttribute(file, "unix:mode", NOFOLLOW_LINKS) & PERMISSIONS;
    }
    set(file, wanted, usualMode);
  }

  void set(Path path, MemberWriter.Attributes wanted) throws IOException {
    set(path, wanted, -1);
  }

  private void set(Path path, MemberWriter.Attributes wanted, int mode) throws IOException {
    own(path, wanted);
    if (wanted.mode().isPresent() && wanted.mode().get() != mode) {
      Files.setAttribute(path, "unix:mode", wanted.mode().get(), NOFOLLOW_LINKS);
    }
    // both times: with one of them the JDK asks for the other first
    Files.getFileAttributeView(path, BasicFileAttributeView.class, NOFOLLOW_LINKS)
        .setTimes(wanted.modified(), wanted.modified(), null);
  }

  void own(Path path, MemberWriter.Attributes wanted) throws IOException {
    if (wanted.owner().isPresent()) {
      owners.set(path, wanted.owner().get());
    }
  }
}
