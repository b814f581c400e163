package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Headers;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Resettable;
import io.kodedeploy.simulator.wire.Xml;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The S3 of the account. Thread-safe; closing it removes the files of all objects. */
public final class S3Service implements AwsService, Resettable, AutoCloseable {
  private final Account account;
  private final ContentFolder folder = new ContentFolder();
  private final Buckets buckets = new Buckets();
  private final Uploads uploads = new Uploads(buckets, folder);

  /** An S3 without buckets. */
  public S3Service(Account account) {
    this.account = account;
  }

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public Protocol protocol() {
    return Protocol.S3;
  }

  @Override
  public String operationOf(String method, String rawPath, Parameters query, Headers headers) {
    var address = ObjectAddress.of(rawPath, headers);
    return Operation.of(method, address, query, headers).name();
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    var address = ObjectAddress.of(request.rawPath(), request.headers());
    try {
      return answer(request, address);
    } catch (AwsError e) {
      if (request.method().equals("HEAD")) {
        return AwsResponse.head(e.status(), "application/xml", 0); // HEAD has no body to say why
      }
      throw e;
    }
  }

  private AwsResponse answer(AwsRequest request, ObjectAddress address) {
    var name = address.bucket();
    return switch (Operation.valueOf(request.operation())) {
      case ListBuckets -> listBuckets();
      case CreateBucket -> createBucket(request, name);
      case HeadBucket ->
          AwsResponse.empty().withHeader("x-amz-bucket-region", buckets.in(name, Bucket::region));
      case DeleteBucket -> {
        buckets.delete(name);
        yield AwsResponse.empty(204);
      }
      case GetBucketLocation -> location(name);
      case GetBucketVersioning -> versioning(name);
      case PutBucketVersioning -> setVersioning(request, name);
      case ListObjects -> buckets.in(name, bucket -> Listings.objects(request, bucket));
      case ListObjectsV2 -> buckets.in(name, bucket -> Listings.objectsV2(request, bucket));
      case ListObjectVersions -> buckets.in(name, bucket -> Listings.versions(request, bucket));
      case ListMultipartUploads -> uploads.list(address);
      case DeleteObjects -> deleteObjects(request, name);
      case PutObject -> put(request, address);
      case CopyObject -> copy(request, address);
      case GetObject, HeadObject -> read(request, address);
      case DeleteObject -> delete(request, address);
      case CreateMultipartUpload -> uploads.create(request, address);
      case UploadPart -> uploads.receive(request, address);
      case ListParts -> uploads.listParts(request, address);
      case CompleteMultipartUpload -> complete(request, address);
      case AbortMultipartUpload -> uploads.abort(request, address);
      case Unknown ->
          throw AwsError.of(
              501,
              "NotImplemented",
              "A header or query you provided implies functionality that is"
                  + " not implemented by the simulator: "
                  + request.method()
                  + " "
                  + request.rawPath()
                  + " "
                  + request.query().all().keySet());
    };
  }

  private AwsResponse listBuckets() {
    return AwsResponse.xml(
        Xml.document(
            "ListAllMyBucketsResult",
            Listings.NAMESPACE,
            xml ->
                xml.element("Owner", owner -> owner.text("ID", account.id()))
                    .items(
                        "Buckets",
                        "Bucket",
                        buckets.all(),
                        (entry, bucket) ->
                            entry
                                .text("Name", bucket.name())
                                .time("CreationDate", bucket.created()))));
  }

  private AwsResponse createBucket(AwsRequest request, String name) {
    buckets.create(new Bucket(name, request.region(), request.time()));
    return AwsResponse.empty().withHeader("Location", "/" + name);
  }

  private AwsResponse location(String name) {
    var region = buckets.in(name, Bucket::region);
    return AwsResponse.xml(
        Xml.document(
            "LocationConstraint",
            Listings.NAMESPACE,
            xml -> xml.content(region.equals("us-east-1") ? "" : region)));
  }

  private AwsResponse versioning(String name) {
    var status = buckets.in(name, Bucket::versioning);
    return AwsResponse.xml(
        Xml.document(
            "VersioningConfiguration",
            Listings.NAMESPACE,
            xml -> {
              if (!status.isEmpty()) {
                xml.text("Status", status);
              }
            }));
  }

  private AwsResponse setVersioning(AwsRequest request, String name) {
    var status = Requests.text(Requests.xml(request), "Status");
    if (!status.equals("Enabled") && !status.equals("Suspended")) {
      throw AwsError.badRequest(
          "IllegalVersioningConfigurationException",
          "The versioning configuration's Status must be Enabled or Suspended");
    }
    return buckets.in(
        name,
        bucket -> {
          bucket.setVersioning(status);
          return AwsResponse.empty();
        });
  }

  private AwsResponse put(AwsRequest request, ObjectAddress address) {
    buckets.in(address.bucket(), Bucket::name);
    var received = folder.receive(request);
    var headers = Requests.objectHeaders(request);
    headers.putAll(received.checksums());
    var response = store(request, address, received.file(), received.file().md5(), headers);
    for (var checksum : received.checksums().entrySet()) {
      response = response.withHeader(checksum.getKey(), checksum.getValue());
    }
    return response;
  }

  private AwsResponse store(
      AwsRequest request,
      ObjectAddress address,
      ContentFile file,
      String eTag,
      Map<String, String> headers) {
    return buckets.in(
        address.bucket(),
        bucket -> {
          var exists = bucket.newest(address.key()).filter(o -> !o.isDeleteMarker());
          if (request.headers().get("If-None-Match").isPresent() && exists.isPresent()) {
            file.delete();
            throw AwsError.of(
                412,
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold");
          }
          var object =
              new StoredObject(
                  address.key(),
                  bucket.nextVersionId(),
                  Optional.of(file),
                  eTag,
                  request.time(),
                  headers);
          bucket.add(object);
          return versioned(
              AwsResponse.empty().withHeader("ETag", object.quotedETag()), bucket, object);
        });
  }

  private static AwsResponse versioned(AwsResponse response, Bucket bucket, StoredObject object) {
    return bucket.versioning().isEmpty()
        ? response
        : response.withHeader("x-amz-version-id", object.versionId());
  }

  private AwsResponse copy(AwsRequest request, ObjectAddress address) {
    var source = request.headers().get("x-amz-copy-source").orElse("");
    var question = source.indexOf("?versionId=");
    var version =
        question < 0 ? Optional.<String>empty() : Optional.of(source.substring(question + 11));
    var from = ObjectAddress.ofCopySource(question < 0 ? source : source.substring(0, question));
    var original = buckets.in(from.bucket(), bucket -> bucket.read(from.key(), version));
    var content =
        original.content().orElseThrow(() -> new IllegalStateException("a marker was read"));
    var file = folder.join(java.util.List.of(content));
    var replace =
        request.headers().get("x-amz-metadata-directive").orElse("COPY").equals("REPLACE");
    var headers =
        replace ? Requests.objectHeaders(request) : new LinkedHashMap<>(original.headers());
    var stored = store(request, address, file, file.md5(), headers);
    var document =
        Xml.document(
            "CopyObjectResult",
            Listings.NAMESPACE,
            xml -> xml.time("LastModified", request.time()).text("ETag", "\"" + file.md5() + "\""));
    var response = AwsResponse.xml(document);
    for (var header : stored.headers().entrySet()) {
      response = response.withHeader(header.getKey(), header.getValue());
    }
    return response;
  }

  private AwsResponse read(AwsRequest request, ObjectAddress address) {
    return buckets.in(
        address.bucket(),
        bucket ->
            Reading.answer(
                request,
                bucket.read(address.key(), request.query().get("versionId")),
                bucket.versioning()));
  }

  private AwsResponse delete(AwsRequest request, ObjectAddress address) {
    var version = request.query().get("versionId");
    return buckets.in(
        address.bucket(),
        bucket -> {
          var response = AwsResponse.empty(204);
          var done = bucket.delete(address.key(), version, request.time());
          if (done.isEmpty() || bucket.versioning().isEmpty()) {
            return response;
          }
          response = response.withHeader("x-amz-version-id", done.get().versionId());
          return done.get().isDeleteMarker()
              ? response.withHeader("x-amz-delete-marker", "true")
              : response;
        });
  }

  private AwsResponse deleteObjects(AwsRequest request, String name) {
    var root = Requests.xml(request);
    var quiet = Requests.text(root, "Quiet").equals("true");
    return buckets.in(
        name,
        bucket ->
            AwsResponse.xml(
                Xml.document(
                    "DeleteResult",
                    Listings.NAMESPACE,
                    xml -> {
                      for (var object : Requests.children(root, "Object")) {
                        var key = Requests.text(object, "Key");
                        var version =
                            Optional.of(Requests.text(object, "VersionId"))
                                .filter(v -> !v.isEmpty());
                        bucket.delete(key, version, request.time());
                        if (!quiet) {
                          xml.element("Deleted", entry -> entry.text("Key", key));
                        }
                      }
                    })));
  }

  private AwsResponse complete(AwsRequest request, ObjectAddress address) {
    var object = uploads.complete(request, address);
    var response =
        AwsResponse.xml(
            Xml.document(
                "CompleteMultipartUploadResult",
                Listings.NAMESPACE,
                xml ->
                    xml.text("Location", "/" + address.bucket() + "/" + address.key())
                        .text("Bucket", address.bucket())
                        .text("Key", address.key())
                        .text("ETag", object.quotedETag())));
    return object.versionId().equals(StoredObject.NO_VERSION)
        ? response
        : response.withHeader("x-amz-version-id", object.versionId());
  }

  @Override
  public void reset() {
    buckets.clear();
    folder.clear();
  }

  @Override
  public void close() {
    buckets.clear();
    folder.close();
  }
}
