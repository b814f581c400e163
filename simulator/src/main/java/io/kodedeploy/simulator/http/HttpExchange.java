package io.kodedeploy.simulator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Used by one thread, but for the body, which another may read. */
public final class HttpExchange {
  private static final int DRAIN_LIMIT = 256 * 1024;

  private final HttpConnection connection;
  private final RequestHead request;
  private final BodyReader body;
  private final Framing framing;
  private boolean continueExpected;
  private boolean keepsAlive;
  private @Nullable BodyWriter answer;

  HttpExchange(HttpConnection connection, RequestHead request) throws HttpFormatException {
    this.connection = connection;
    this.request = request;
    this.framing = Framing.of(request);
    this.body = new BodyReader(connection.reader(), framing);
    this.keepsAlive = request.keepsAlive();
    this.continueExpected = request.fields().hasToken("Expect", "100-continue");
  }

  /** The request's head as the client sent it. */
  public RequestHead request() {
    return request;
  }

  /** How the request's body is framed. */
  public Framing framing() {
    return framing;
  }

  /** Who asks. */
  public InetSocketAddress client() {
    return connection.peer();
  }

  /** The request's body; asking for it invites a client that waits for 100 Continue. */
  public InputStream body() throws IOException {
    if (continueExpected && answer == null) {
      continueExpected = false;
      connection.writer().text("HTTP/1.1 100 Continue\r\n\r\n");
      connection.writer().flush();
    }
    return body;
  }

  /** The connection ends after this answer. */
  public void endConnection() {
    keepsAlive = false;
  }

  /** Whether an answer has begun, so that no other can be given. */
  public boolean isAnswered() {
    return answer != null;
  }

  /** Answers with a text. */
  public void respond(int status, String reason, String contentType, String text)
      throws IOException {
    respond(
        ResponseHead.of(status, reason).with("Content-Type", contentType), text.getBytes(UTF_8));
  }

  /** Answers with a body at hand. */
  public void respond(ResponseHead head, byte[] content) throws IOException {
    head.fields().set("Content-Length", Integer.toString(content.length));
    boolean bodiless = request.method().equals("HEAD") || content.length == 0;
    try (var out =
        begin(head, bodiless ? new Framing.None() : new Framing.Length(content.length))) {
      if (!bodiless) {
        out.write(content);
      }
    }
  }

  /**
   * Begins an answer whose body follows. Connection and transfer coding are added here; a client
   * that cannot read chunks gets the body until the end of the connection.
   */
  public BodyWriter begin(ResponseHead head, Framing bodyFraming) throws IOException {
    if (answer != null) {
      throw new IllegalStateException("answered already");
    }
    var wire = bodyFraming;
    if (bodyFraming instanceof Framing.UntilClose && request.minorVersion() == 1) {
      wire = new Framing.Chunked();
    } else if (bodyFraming instanceof Framing.Chunked && request.minorVersion() == 0) {
      wire = new Framing.UntilClose();
    }
    keepsAlive &= !(wire instanceof Framing.UntilClose) && !connection.isEnding();
    if (wire instanceof Framing.Chunked) {
      head.fields().set("Transfer-Encoding", "chunked");
    }
    if (!keepsAlive) {
      head.fields().set("Connection", "close");
    } else if (request.minorVersion() == 0) {
      head.fields().set("Connection", "keep-alive");
    }
    connection.writer().head(head);
    var begun = new BodyWriter(connection.writer(), wire);
    answer = begun;
    return begun;
  }

  /** Ends the exchange; true when the connection can carry another one. */
  boolean finish() throws IOException {
    if (answer == null) {
      respond(500, "Internal Server Error", "text/plain", "no answer\n");
    }
    connection.writer().flush();
    return answer != null && answer.isComplete() && keepsAlive && drained();
  }

  private boolean drained() throws IOException {
    if (continueExpected && !body.isComplete()) {
      return false; // the client was never invited to send it, and may or may not
    }
    var scratch = new byte[8 * 1024];
    for (int total = 0; !body.isComplete() && total < DRAIN_LIMIT; ) {
      total += Math.max(0, body.read(scratch, 0, scratch.length));
    }
    return body.isComplete();
  }
}
