package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.BodyReader;
import io.kodedeploy.simulator.http.Framing;
import io.kodedeploy.simulator.http.HttpConnection;
import io.kodedeploy.simulator.http.HttpExchange;
import io.kodedeploy.simulator.http.HttpFields;
import io.kodedeploy.simulator.http.HttpFormatException;
import io.kodedeploy.simulator.http.RequestHead;
import io.kodedeploy.simulator.http.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Sends one request to one target and its answer back.
 *
 * <p>Nothing that may have reached a target is sent twice, with one exception: a request without
 * body and of an idempotent method, on a kept-alive connection that ended before a byte of an
 * answer, goes once more to the same target on a new connection. Requests of other methods always
 * get a new connection, so that they cannot meet one that the target is just closing.
 */
final class Forwarder {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
  private static final int INLINE_BODY = 64 * 1024;

  private final HttpExchange exchange;
  private final TargetLease lease;
  private final Duration answerLimit;
  private final RequestHead head;
  private Upload upload = Upload.none();

  Forwarder(HttpExchange exchange, TargetLease lease, HttpFields fields, Duration answerLimit) {
    this.exchange = exchange;
    this.lease = lease;
    this.answerLimit = answerLimit;
    var request = exchange.request();
    this.head = new RequestHead(request.method(), request.originForm(), 1, fields);
  }

  /**
   * Carries the request out.
   *
   * @return what went wrong, empty when the target's answer was passed on
   * @throws ClientGone if the client ended the connection
   */
  Optional<FailureCause> forward() throws ClientGone {
    boolean replayable =
        exchange.framing() instanceof Framing.None && IDEMPOTENT.contains(head.method());
    var reused =
        replayable ? lease.target().connections().reuse() : Optional.<HttpConnection>empty();
    try {
      if (reused.isPresent()) {
        var outcome = exchangeOn(reused.get(), true);
        if (!(outcome instanceof Outcome.DeadConnection)) {
          return outcome.failure();
        }
      }
      return exchangeOn(lease.target().connections().connect(), false).failure();
    } catch (SocketTimeoutException e) {
      return Optional.of(FailureCause.CONNECT_TIMEOUT);
    } catch (IOException e) {
      return Optional.of(FailureCause.CONNECT);
    }
  }

  private Outcome exchangeOn(HttpConnection connection, boolean reused) throws ClientGone {
    lease.use(connection);
    boolean keep = false;
    boolean replayable = reused;
    try {
      send(connection);
      if (!connection.awaitByte()) {
        return ended(replayable);
      }
      replayable = false;
      var answer = connection.receive();
      var framing = Framing.of(answer, head.method());
      var body = connection.body(framing);
      if (!upload.isDone()) {
        exchange.endConnection(); // the target answered before it had the whole request
      }
      var outcome = passBack(answer, framing, body);
      keep =
          outcome instanceof Outcome.Answered
              && upload.isDone()
              && answer.keepsAlive()
              && !(framing instanceof Framing.UntilClose);
      return outcome;
    } catch (ClientGone e) {
      throw e;
    } catch (HttpFormatException e) {
      return broken(FailureCause.MALFORMED);
    } catch (SocketTimeoutException e) {
      return broken(FailureCause.TIMEOUT);
    } catch (IOException e) {
      if (upload.isClientGone()) {
        throw new ClientGone(e);
      }
      return ended(replayable);
    } finally {
      if (keep) {
        lease.target().connections().keep(connection);
      } else {
        connection.close();
      }
    }
  }

  private void send(HttpConnection connection) throws IOException {
    connection.readLimit(answerLimit);
    var framing = exchange.framing();
    var out = connection.send(head, framing);
    if (framing instanceof Framing.None) {
      out.close();
      return;
    }
    InputStream body;
    try {
      body = exchange.body();
    } catch (IOException e) {
      throw new ClientGone(e);
    }
    upload = new Upload(body, out);
    if (framing instanceof Framing.Length(var bytes) && bytes <= INLINE_BODY) {
      upload.run();
      if (upload.isClientGone()) {
        throw new IOException("the client ended the connection inside its request");
      }
    } else {
      upload.start(connection);
    }
  }

  private Outcome passBack(ResponseHead answer, Framing framing, BodyReader body)
      throws ClientGone {
    int status = answer.status();
    var fields = HopByHop.without(answer.fields());
    OutputStream out;
    try {
      out = exchange.begin(new ResponseHead(status, answer.reason(), 1, fields), framing);
    } catch (IOException e) {
      throw new ClientGone(e);
    }
    var buffer = new byte[16 * 1024];
    while (true) {
      int count;
      try {
        count = body.read(buffer, 0, buffer.length);
      } catch (IOException e) {
        exchange.endConnection();
        return broken(FailureCause.TRUNCATED);
      }
      try {
        if (count < 0) {
          out.close();
          return new Outcome.Answered(status);
        }
        out.write(buffer, 0, count);
        if (!body.isComplete()) {
          out.flush();
        }
      } catch (IOException e) {
        throw new ClientGone(e);
      }
    }
  }

  private Outcome ended(boolean replayable) {
    return replayable && !lease.isCut() ? new Outcome.DeadConnection() : broken(FailureCause.RESET);
  }

  private Outcome broken(FailureCause cause) {
    return new Outcome.Broken(lease.isCut() ? FailureCause.DRAIN_TIMEOUT : cause);
  }

  private sealed interface Outcome {
    record Answered(int status) implements Outcome {}

    record Broken(FailureCause cause) implements Outcome {}

    record DeadConnection() implements Outcome {}

    default Optional<FailureCause> failure() {
      return switch (this) {
        case Answered(var status) ->
            status >= 500 ? Optional.of(FailureCause.TARGET_5XX) : Optional.empty();
        case Broken(var cause) -> Optional.of(cause);
        case DeadConnection _ -> Optional.of(FailureCause.RESET);
      };
    }
  }
}
