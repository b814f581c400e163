package io.kodedeploy.simulator.http;

import java.io.IOException;

/** The peer does not speak HTTP/1.1. */
public final class HttpFormatException extends IOException {
  private final int status;

  HttpFormatException(int status, String message) {
    super(message);
    this.status = status;
  }

  HttpFormatException(String message) {
    this(400, message);
  }

  /** What a server answers to such a request: 400, 431 or 505. */
  public int status() {
    return status;
  }
}
