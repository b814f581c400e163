package io.kodedeploy.simulator.http;

/** Status line and fields. */
public record ResponseHead(int status, String reason, int minorVersion, HttpFields fields) {

  /** A response of our own, HTTP/1.1. */
  public static ResponseHead of(int status, String reason) {
    return new ResponseHead(status, reason, 1, new HttpFields());
  }

  /** With one more field. */
  public ResponseHead with(String name, String value) {
    fields.add(name, value);
    return this;
  }

  /** Whether the server lets the connection live after this exchange. */
  public boolean keepsAlive() {
    return minorVersion == 1
        ? !fields.hasToken("Connection", "close")
        : fields.hasToken("Connection", "keep-alive");
  }
}
