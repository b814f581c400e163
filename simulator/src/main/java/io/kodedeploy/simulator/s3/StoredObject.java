package io.kodedeploy.simulator.s3;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One version of an object.
 *
 * @param versionId {@code null} (the text) for objects of unversioned buckets
 * @param content empty for a delete marker
 * @param eTag without quotes
 * @param headers as they are given back: Content-Type, x-amz-meta-..., checksums
 */
record StoredObject(
    String key,
    String versionId,
    Optional<ContentFile> content,
    String eTag,
    Instant modified,
    Map<String, String> headers) {

  static final String NO_VERSION = "null";

  static StoredObject deleteMarker(String key, String versionId, Instant now) {
    return new StoredObject(key, versionId, Optional.empty(), "", now, Map.of());
  }

  boolean isDeleteMarker() {
    return content.isEmpty();
  }

  long size() {
    return content.map(ContentFile::size).orElse(0L);
  }

  String quotedETag() {
    return "\"" + eTag + "\"";
  }
}
