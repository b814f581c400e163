package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** All buckets of the account, under one lock. Bodies are read and written outside of it. */
final class Buckets {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final ReentrantLock lock = new ReentrantLock();
  private final NavigableMap<String, Bucket> buckets = new TreeMap<>();

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Works on a bucket.
   *
   * @throws AwsError {@code NoSuchBucket}
   */
  <T> T in(String name, Function<Bucket, T> work) {
    return locked(
        () -> {
          var bucket = buckets.get(name);
          if (bucket == null) {
            throw AwsError.of(404, "NoSuchBucket", "The specified bucket does not exist")
                .with("BucketName", name);
          }
          return work.apply(bucket);
        });
  }

  void create(Bucket bucket) {
    locked(
        () -> {
          if (!NAME.matcher(bucket.name()).matches()) {
            throw AwsError.badRequest("InvalidBucketName", "The specified bucket is not valid.")
                .with("BucketName", bucket.name());
          }
          if (buckets.putIfAbsent(bucket.name(), bucket) != null) {
            throw AwsError.of(
                    409,
                    "BucketAlreadyOwnedByYou",
                    "Your previous request to create the named bucket succeeded and you already own"
                        + " it.")
                .with("BucketName", bucket.name());
          }
          return bucket;
        });
  }

  void delete(String name) {
    in(
        name,
        bucket -> {
          if (!bucket.isEmpty()) {
            throw AwsError.of(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
                .with("BucketName", name);
          }
          return buckets.remove(name);
        });
  }

  List<Bucket> all() {
    return locked(() -> List.copyOf(buckets.values()));
  }

  void clear() {
    locked(
        () -> {
          buckets.clear();
          return buckets;
        });
  }
}
