package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Xml;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Multipart uploads. */
final class Uploads {
  private static final long SMALLEST_PART = 5L << 20;
  private static final int MOST_PARTS = 10_000;

  private final Buckets buckets;
  private final ContentFolder folder;

  Uploads(Buckets buckets, ContentFolder folder) {
    this.buckets = buckets;
    this.folder = folder;
  }

  AwsResponse create(AwsRequest request, ObjectAddress address) {
    var id = UUID.randomUUID().toString().replace("-", "");
    var headers = Requests.objectHeaders(request);
    var upload = new Bucket.Upload(id, address.key(), request.time(), headers, new TreeMap<>());
    buckets.in(address.bucket(), bucket -> Optional.ofNullable(bucket.uploads().put(id, upload)));
    return AwsResponse.xml(
        Xml.document(
            "InitiateMultipartUploadResult",
            Listings.NAMESPACE,
            xml ->
                xml.text("Bucket", address.bucket())
                    .text("Key", address.key())
                    .text("UploadId", id)));
  }

  AwsResponse receive(AwsRequest request, ObjectAddress address) {
    find(request, address);
    var number = Requests.number(request, "partNumber", 0);
    if (number < 1 || number > MOST_PARTS) {
      throw AwsError.badRequest(
          "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
    }
    var received = folder.receive(request);
    var part = new Bucket.Part(received.file(), request.time());
    buckets.in(
        address.bucket(),
        bucket -> {
          var replaced =
              Optional.ofNullable(upload(bucket, request, address).parts().put(number, part));
          replaced.ifPresent(before -> before.file().delete());
          return replaced;
        });
    var response = AwsResponse.empty().withHeader("ETag", "\"" + received.file().md5() + "\"");
    for (var checksum : received.checksums().entrySet()) {
      response = response.withHeader(checksum.getKey(), checksum.getValue());
    }
    return response;
  }

  /** The object that the parts of an upload make; the upload is gone. */
  StoredObject complete(AwsRequest request, ObjectAddress address) {
    var upload = find(request, address);
    var parts = chosen(request, upload);
    var digest = Checksums.messageDigest("MD5");
    parts.forEach(part -> digest.update(HexFormat.of().parseHex(part.file().md5())));
    var eTag = HexFormat.of().formatHex(digest.digest()) + "-" + parts.size();
    var file = folder.join(parts.stream().map(Bucket.Part::file).toList());
    return buckets.in(
        address.bucket(),
        bucket -> {
          if (bucket.uploads().remove(upload.id()) == null) {
            file.delete();
            throw noSuchUpload();
          }
          upload.parts().values().forEach(part -> part.file().delete());
          var object =
              new StoredObject(
                  address.key(),
                  bucket.nextVersionId(),
                  Optional.of(file),
                  eTag,
                  request.time(),
                  upload.headers());
          bucket.add(object);
          return object;
        });
  }

  private static List<Bucket.Part> chosen(AwsRequest request, Bucket.Upload upload) {
    var parts = new ArrayList<Bucket.Part>();
    int previous = 0;
    for (var element : Requests.children(Requests.xml(request), "Part")) {
      var text = Requests.text(element, "PartNumber");
      var number = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
      if (number <= previous) {
        throw AwsError.badRequest(
            "InvalidPartOrder", "The list of parts was not in ascending order.");
      }
      previous = number;
      var part = upload.parts().get(number);
      var eTag = Requests.text(element, "ETag").replace("\"", "");
      if (part == null || !part.file().md5().equals(eTag)) {
        throw AwsError.badRequest(
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been"
                + " uploaded, or the specified entity tag may not match the part's entity tag.");
      }
      if (!parts.isEmpty() && parts.getLast().file().size() < SMALLEST_PART) {
        throw AwsError.badRequest(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed object size.");
      }
      parts.add(part);
    }
    if (parts.isEmpty()) {
      throw AwsError.badRequest("MalformedXML", "You must specify at least one part");
    }
    return parts;
  }

  AwsResponse abort(AwsRequest request, ObjectAddress address) {
    buckets.in(
        address.bucket(),
        bucket -> {
          var upload = upload(bucket, request, address);
          bucket.uploads().remove(upload.id());
          upload.parts().values().forEach(part -> part.file().delete());
          return upload;
        });
    return AwsResponse.empty(204);
  }

  AwsResponse listParts(AwsRequest request, ObjectAddress address) {
    var upload = find(request, address);
    return AwsResponse.xml(
        Xml.document(
            "ListPartsResult",
            Listings.NAMESPACE,
            xml -> {
              xml.text("Bucket", address.bucket()).text("Key", address.key());
              xml.text("UploadId", upload.id()).text("StorageClass", "STANDARD");
              xml.number("MaxParts", MOST_PARTS).flag("IsTruncated", false);
              upload
                  .parts()
                  .forEach(
                      (number, part) ->
                          xml.element(
                              "Part",
                              entry ->
                                  entry
                                      .number("PartNumber", number)
                                      .time("LastModified", part.modified())
                                      .text("ETag", "\"" + part.file().md5() + "\"")
                                      .number("Size", part.file().size())));
            }));
  }

  AwsResponse list(ObjectAddress address) {
    var open = buckets.in(address.bucket(), bucket -> List.copyOf(bucket.uploads().values()));
    return AwsResponse.xml(
        Xml.document(
            "ListMultipartUploadsResult",
            Listings.NAMESPACE,
            xml -> {
              xml.text("Bucket", address.bucket()).flag("IsTruncated", false);
              for (var upload : open) {
                xml.element(
                    "Upload",
                    entry ->
                        entry
                            .text("Key", upload.key())
                            .text("UploadId", upload.id())
                            .text("StorageClass", "STANDARD")
                            .time("Initiated", upload.initiated()));
              }
            }));
  }

  /** A copy of an upload as it stands now. */
  private Bucket.Upload find(AwsRequest request, ObjectAddress address) {
    return buckets.in(
        address.bucket(),
        bucket -> {
          var upload = upload(bucket, request, address);
          return new Bucket.Upload(
              upload.id(),
              upload.key(),
              upload.initiated(),
              upload.headers(),
              new TreeMap<>(upload.parts()));
        });
  }

  private static Bucket.Upload upload(Bucket bucket, AwsRequest request, ObjectAddress address) {
    return request
        .query()
        .get("uploadId")
        .flatMap(id -> Optional.ofNullable(bucket.uploads().get(id)))
        .filter(upload -> upload.key().equals(address.key()))
        .orElseThrow(Uploads::noSuchUpload);
  }

  private static AwsError noSuchUpload() {
    return AwsError.of(
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have"
            + " been aborted or completed.");
  }
}
