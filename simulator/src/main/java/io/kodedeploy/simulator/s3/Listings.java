package io.kodedeploy.simulator.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Xml;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** The three ways to list a bucket. Called under the lock of {@link Buckets}. */
final class Listings {
  static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private static final int LARGEST_PAGE = 1000;

  private Listings() {}

  /**
   * A page of a listing.
   *
   * @param objects with the wanted prefix and no delimiter after it
   * @param prefixes what the others have in common up to the delimiter
   * @param last key or prefix of the last entry, when there are more
   */
  private record Page(
      List<StoredObject> objects, List<String> prefixes, boolean truncated, String last) {}

  static AwsResponse objectsV2(AwsRequest request, Bucket bucket) {
    var token = request.query().get("continuation-token");
    var after =
        token
            .map(t -> new String(Base64.getUrlDecoder().decode(t), UTF_8))
            .or(() -> request.query().get("start-after"))
            .orElse("");
    var page = page(request, bucket.visible(), after);
    return AwsResponse.xml(
        Xml.document(
            "ListBucketResult",
            NAMESPACE,
            xml -> {
              head(xml, request, bucket, page);
              xml.number("KeyCount", page.objects.size() + page.prefixes.size());
              token.ifPresent(t -> xml.text("ContinuationToken", t));
              if (page.truncated) {
                var next = Base64.getUrlEncoder().encodeToString(page.last.getBytes(UTF_8));
                xml.text("NextContinuationToken", next);
              }
              contents(xml, request, page);
            }));
  }

  static AwsResponse objects(AwsRequest request, Bucket bucket) {
    var marker = request.query().get("marker").orElse("");
    var page = page(request, bucket.visible(), marker);
    return AwsResponse.xml(
        Xml.document(
            "ListBucketResult",
            NAMESPACE,
            xml -> {
              head(xml, request, bucket, page);
              xml.text("Marker", encoded(request).apply(marker));
              if (page.truncated) {
                xml.text("NextMarker", encoded(request).apply(page.last));
              }
              contents(xml, request, page);
            }));
  }

  static AwsResponse versions(AwsRequest request, Bucket bucket) {
    var encode = encoded(request);
    var page = page(request, bucket.allVersions(), request.query().get("key-marker").orElse(""));
    return AwsResponse.xml(
        Xml.document(
            "ListVersionsResult",
            NAMESPACE,
            xml -> {
              head(xml, request, bucket, page);
              if (page.truncated) {
                xml.text("NextKeyMarker", encode.apply(page.last));
              }
              for (var object : page.objects) {
                var latest = bucket.newest(object.key()).filter(object::equals).isPresent();
                xml.element(
                    object.isDeleteMarker() ? "DeleteMarker" : "Version",
                    version -> {
                      version.text("Key", encode.apply(object.key()));
                      version.text("VersionId", object.versionId()).flag("IsLatest", latest);
                      version.time("LastModified", object.modified());
                      if (!object.isDeleteMarker()) {
                        version.text("ETag", object.quotedETag()).number("Size", object.size());
                        version.text("StorageClass", "STANDARD");
                      }
                    });
              }
              prefixes(xml, request, page);
            }));
  }

  private static void head(Xml xml, AwsRequest request, Bucket bucket, Page page) {
    var encode = encoded(request);
    xml.text("Name", bucket.name());
    xml.text("Prefix", encode.apply(request.query().get("prefix").orElse("")));
    request.query().get("delimiter").ifPresent(d -> xml.text("Delimiter", encode.apply(d)));
    request.query().get("encoding-type").ifPresent(type -> xml.text("EncodingType", type));
    xml.number("MaxKeys", Requests.number(request, "max-keys", LARGEST_PAGE));
    xml.flag("IsTruncated", page.truncated);
  }

  private static void contents(Xml xml, AwsRequest request, Page page) {
    for (var object : page.objects) {
      xml.element(
          "Contents",
          entry ->
              entry
                  .text("Key", encoded(request).apply(object.key()))
                  .time("LastModified", object.modified())
                  .text("ETag", object.quotedETag())
                  .number("Size", object.size())
                  .text("StorageClass", "STANDARD"));
    }
    prefixes(xml, request, page);
  }

  private static void prefixes(Xml xml, AwsRequest request, Page page) {
    for (var prefix : page.prefixes) {
      xml.element("CommonPrefixes", entry -> entry.text("Prefix", encoded(request).apply(prefix)));
    }
  }

  private static Page page(AwsRequest request, List<StoredObject> sorted, String after) {
    var prefix = request.query().get("prefix").orElse("");
    var delimiter = request.query().get("delimiter").orElse("");
    var limit = Math.min(LARGEST_PAGE, Requests.number(request, "max-keys", LARGEST_PAGE));
    var objects = new ArrayList<StoredObject>();
    var prefixes = new ArrayList<String>();
    var last = "";
    for (var object : sorted) {
      var key = object.key();
      if (!key.startsWith(prefix) || key.compareTo(after) <= 0 || under(after, key, delimiter)) {
        continue;
      }
      var cut = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      var entry = cut < 0 ? key : key.substring(0, cut + delimiter.length());
      if (cut >= 0 && entry.equals(last)) {
        continue;
      }
      // Versions of one key stay together, so that the next page can begin after the key.
      if (objects.size() + prefixes.size() >= limit && !entry.equals(last)) {
        return new Page(objects, prefixes, true, last);
      }
      last = entry;
      if (cut < 0) {
        objects.add(object);
      } else {
        prefixes.add(entry);
      }
    }
    return new Page(objects, prefixes, false, last);
  }

  /** True for keys that the common prefix, with which the last page ended, stood for. */
  private static boolean under(String after, String key, String delimiter) {
    return !delimiter.isEmpty() && after.endsWith(delimiter) && key.startsWith(after);
  }

  private static Function<String, String> encoded(AwsRequest request) {
    var url = request.query().get("encoding-type").orElse("").equals("url");
    return url
        ? text -> URLEncoder.encode(text, UTF_8).replace("%2F", "/").replace("+", "%20")
        : text -> text;
  }
}
