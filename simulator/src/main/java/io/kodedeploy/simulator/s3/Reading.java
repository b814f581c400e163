package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** GetObject and HeadObject: conditions, ranges, headers. */
final class Reading {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  private Reading() {}

  static AwsResponse answer(AwsRequest request, StoredObject object, String versioning) {
    var headers = headers(request, object, versioning);
    var eTag = object.eTag();
    if (condition(request, "If-Match").filter(wanted -> !matches(wanted, eTag)).isPresent()) {
      throw AwsError.of(
          412,
          "PreconditionFailed",
          "At least one of the pre-conditions you specified did not hold");
    }
    if (condition(request, "If-None-Match").filter(seen -> matches(seen, eTag)).isPresent()) {
      return with(AwsResponse.empty(304), headers);
    }
    var span = span(request, object.size());
    var status = span.isPresent() ? 206 : 200;
    var offset = span.map(Span::first).orElse(0L);
    var length = span.map(s -> s.last() - s.first() + 1).orElse(object.size());
    span.ifPresent(
        s ->
            headers.put(
                "Content-Range", "bytes " + s.first() + "-" + s.last() + "/" + object.size()));
    var type = object.headers().getOrDefault("content-type", "binary/octet-stream");
    if (request.method().equals("HEAD")) {
      return with(AwsResponse.head(status, type, length), headers);
    }
    var file =
        object.content().orElseThrow(() -> new IllegalStateException("a marker has no content"));
    // Opened now: the object may be replaced, and its file removed, before the answer is written.
    var content = file.open();
    return with(
        AwsResponse.stream(
            status, type, length, out -> ContentFile.write(content, out, offset, length)),
        headers);
  }

  private static AwsResponse with(AwsResponse response, Map<String, String> headers) {
    for (var header : headers.entrySet()) {
      response = response.withHeader(header.getKey(), header.getValue());
    }
    return response;
  }

  private static Map<String, String> headers(
      AwsRequest request, StoredObject object, String versioning) {
    var headers = new LinkedHashMap<String, String>();
    var checksums =
        request.headers().get("x-amz-checksum-mode").orElse("").equalsIgnoreCase("ENABLED")
            && request.headers().get("Range").isEmpty();
    object
        .headers()
        .forEach(
            (name, value) -> {
              var checksum = name.startsWith("x-amz-checksum-");
              if (!name.equals("content-type") && (!checksum || checksums)) {
                headers.put(name, value);
              }
            });
    headers.put("ETag", object.quotedETag());
    headers.put("Accept-Ranges", "bytes");
    headers.put(
        "Last-Modified",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(object.modified().atZone(ZoneOffset.UTC)));
    if (!versioning.isEmpty()) {
      headers.put("x-amz-version-id", object.versionId());
    }
    return headers;
  }

  private static Optional<String> condition(AwsRequest request, String name) {
    return request.headers().get(name);
  }

  private static boolean matches(String condition, String eTag) {
    return condition.trim().equals("*")
        || java.util.Arrays.stream(condition.split(",", -1))
            .map(one -> one.trim().replace("\"", ""))
            .anyMatch(eTag::equals);
  }

  /** First and last byte, both included. */
  private record Span(long first, long last) {}

  private static Optional<Span> span(AwsRequest request, long size) {
    var range = request.headers().get("Range").map(RANGE::matcher).filter(m -> m.matches());
    if (range.isEmpty()) {
      return Optional.empty(); // an unreadable range is ignored, RFC 9110 section 14.2
    }
    var first = range.get().group(1);
    var last = range.get().group(2);
    if (first.isEmpty() && last.isEmpty()) {
      return Optional.empty();
    }
    var from = first.isEmpty() ? Math.max(0, size - Long.parseLong(last)) : Long.parseLong(first);
    var to = first.isEmpty() || last.isEmpty() ? size - 1 : Long.parseLong(last);
    to = Math.min(to, size - 1);
    if (from > to) {
      throw AwsError.of(416, "InvalidRange", "The requested range is not satisfiable")
          .with("ActualObjectSize", Long.toString(size));
    }
    return Optional.of(new Span(from, to));
  }
}
