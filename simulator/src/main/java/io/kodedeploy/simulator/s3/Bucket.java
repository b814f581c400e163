package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** A bucket with its versions and unfinished uploads. Guarded by the lock of {@link Buckets}. */
final class Bucket {
  private final String name;
  private final String region;
  private final Instant created;
  private final NavigableMap<String, List<StoredObject>> versions = new TreeMap<>();
  private final Map<String, Upload> uploads = new HashMap<>();
  private String versioning = "";

  Bucket(String name, String region, Instant created) {
    this.name = name;
    this.region = region;
    this.created = created;
  }

  String name() {
    return name;
  }

  String region() {
    return region;
  }

  Instant created() {
    return created;
  }

  /** Empty, {@code Enabled} or {@code Suspended}. */
  String versioning() {
    return versioning;
  }

  void setVersioning(String status) {
    versioning = status;
  }

  Map<String, Upload> uploads() {
    return uploads;
  }

  boolean isEmpty() {
    return versions.isEmpty();
  }

  /** The version id that a write gets now. */
  String nextVersionId() {
    return versioning.equals("Enabled")
        ? UUID.randomUUID().toString().replace("-", "")
        : StoredObject.NO_VERSION;
  }

  /** Adds a version; without versioning it takes the place of the one before. */
  void add(StoredObject object) {
    var before = versions.get(object.key());
    if (before != null && object.versionId().equals(StoredObject.NO_VERSION)) {
      removeVersion(before, StoredObject.NO_VERSION); // may take the whole list away
    }
    versions.computeIfAbsent(object.key(), _ -> new ArrayList<>()).addFirst(object);
  }

  /** The newest version, which may be a delete marker. */
  Optional<StoredObject> newest(String key) {
    return Optional.ofNullable(versions.get(key)).map(List::getFirst);
  }

  /**
   * The object that a read means.
   *
   * @throws AwsError {@code NoSuchKey}, {@code NoSuchVersion} or {@code MethodNotAllowed}
   */
  StoredObject read(String key, Optional<String> versionId) {
    if (versionId.isEmpty()) {
      return newest(key)
          .filter(object -> !object.isDeleteMarker())
          .orElseThrow(
              () ->
                  AwsError.of(404, "NoSuchKey", "The specified key does not exist.")
                      .with("Key", key));
    }
    var found =
        versions.getOrDefault(key, List.of()).stream()
            .filter(object -> object.versionId().equals(versionId.get()))
            .findFirst()
            .orElseThrow(
                () ->
                    AwsError.of(404, "NoSuchVersion", "The specified version does not exist.")
                        .with("Key", key)
                        .with("VersionId", versionId.get()));
    if (found.isDeleteMarker()) {
      throw AwsError.of(
          405,
          "MethodNotAllowed",
          "The specified method is not allowed against this resource: it is a delete marker.");
    }
    return found;
  }

  /** Deletes one version for good, or hides the object behind a delete marker. */
  Optional<StoredObject> delete(String key, Optional<String> versionId, Instant now) {
    var all = versions.get(key);
    if (versionId.isPresent()) {
      return all == null ? Optional.empty() : removeVersion(all, versionId.get());
    }
    if (versioning.isEmpty()) {
      return all == null ? Optional.empty() : removeVersion(all, StoredObject.NO_VERSION);
    }
    var marker = StoredObject.deleteMarker(key, nextVersionId(), now);
    add(marker);
    return Optional.of(marker);
  }

  private Optional<StoredObject> removeVersion(List<StoredObject> all, String versionId) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).versionId().equals(versionId)) {
        var removed = all.remove(i);
        removed.content().ifPresent(ContentFile::delete);
        if (all.isEmpty()) {
          versions.remove(removed.key(), List.of());
        }
        return Optional.of(removed);
      }
    }
    return Optional.empty();
  }

  /** Every version of every key, newest first within a key. */
  List<StoredObject> allVersions() {
    return versions.values().stream().flatMap(List::stream).toList();
  }

  /** What a reader sees, sorted by key. */
  List<StoredObject> visible() {
    return versions.values().stream()
        .map(List::getFirst)
        .filter(object -> !object.isDeleteMarker())
        .toList();
  }

  /**
   * An upload in parts.
   *
   * @param headers that the finished object gets
   */
  record Upload(
      String id,
      String key,
      Instant initiated,
      Map<String, String> headers,
      NavigableMap<Integer, Part> parts) {}

  /** A part that was received. */
  record Part(ContentFile file, Instant modified) {}
}
