package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** An answer: status, headers, body. Immutable but for the stream behind a {@link Body.Stream}. */
public record AwsResponse(int status, Map<String, String> headers, Body body) {

  /** What follows the headers. */
  public sealed interface Body {
    /** A body in memory, sent together with the headers. */
    @SuppressWarnings("ArrayRecordComponent") // bodies are passed through, never compared
    record Bytes(byte[] bytes) implements Body {}

    /** A body of known length, written while it is read. */
    record Stream(long length, Writer writer) implements Body {}

    /** No body, but the given Content-Length: the answer to HEAD. */
    record LengthOnly(long length) implements Body {}
  }

  /** Writes a streamed body. */
  @FunctionalInterface
  public interface Writer {
    /** Writes exactly the announced number of bytes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Checks that headers cannot change later. */
  public AwsResponse {
    headers = Map.copyOf(headers);
  }

  /** 200 with JSON 1.1. */
  public static AwsResponse json(JsonNode body) {
    return bytes(200, "application/x-amz-json-1.1", Json.write(body));
  }

  /** 200 with {@code Content-Length: 0}. */
  public static AwsResponse empty() {
    return empty(200);
  }

  /** Any status with {@code Content-Length: 0}. */
  public static AwsResponse empty(int status) {
    return new AwsResponse(status, Map.of(), new Body.Bytes(new byte[0]));
  }

  /** 200 with a finished XML document. */
  public static AwsResponse xml(String document) {
    return bytes(200, "text/xml", document.getBytes(UTF_8));
  }

  /** A body in memory. */
  public static AwsResponse bytes(int status, String contentType, byte[] body) {
    return new AwsResponse(status, Map.of("Content-Type", contentType), new Body.Bytes(body));
  }

  /** A body that is written piece by piece. */
  public static AwsResponse stream(int status, String contentType, long length, Writer writer) {
    return new AwsResponse(
        status, Map.of("Content-Type", contentType), new Body.Stream(length, writer));
  }

  /** The answer to HEAD: headers only, with the length of the body that GET would send. */
  public static AwsResponse head(int status, String contentType, long length) {
    return new AwsResponse(
        status, Map.of("Content-Type", contentType), new Body.LengthOnly(length));
  }

  /** A copy with one more header. */
  public AwsResponse withHeader(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new AwsResponse(status, more, body);
  }
}
