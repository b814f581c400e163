package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.Headers;
import io.kodedeploy.simulator.wire.Parameters;

/** The operations of S3 that exist here; the constants' names are those of the API. */
enum Operation {
  ListBuckets,
  CreateBucket,
  HeadBucket,
  DeleteBucket,
  GetBucketLocation,
  GetBucketVersioning,
  PutBucketVersioning,
  ListObjects,
  ListObjectsV2,
  ListObjectVersions,
  ListMultipartUploads,
  DeleteObjects,
  PutObject,
  CopyObject,
  GetObject,
  HeadObject,
  DeleteObject,
  CreateMultipartUpload,
  UploadPart,
  ListParts,
  CompleteMultipartUpload,
  AbortMultipartUpload,
  Unknown;

  static Operation of(String method, ObjectAddress address, Parameters query, Headers headers) {
    if (address.bucket().isEmpty()) {
      return method.equals("GET") ? ListBuckets : Unknown;
    }
    return address.key().isEmpty() ? ofBucket(method, query) : ofObject(method, query, headers);
  }

  private static Operation ofBucket(String method, Parameters query) {
    return switch (method) {
      case "PUT" ->
          query.has("versioning")
              ? PutBucketVersioning
              : unsupported(query) ? Unknown : CreateBucket;
      case "HEAD" -> HeadBucket;
      case "DELETE" -> unsupported(query) ? Unknown : DeleteBucket;
      case "POST" -> query.has("delete") ? DeleteObjects : Unknown;
      case "GET" -> {
        if (query.has("location")) {
          yield GetBucketLocation;
        }
        if (query.has("versioning")) {
          yield GetBucketVersioning;
        }
        if (query.has("versions")) {
          yield ListObjectVersions;
        }
        if (query.has("uploads")) {
          yield ListMultipartUploads;
        }
        if (unsupported(query)) {
          yield Unknown;
        }
        yield query.get("list-type").orElse("").equals("2") ? ListObjectsV2 : ListObjects;
      }
      default -> Unknown;
    };
  }

  private static Operation ofObject(String method, Parameters query, Headers headers) {
    if (unsupported(query)) {
      return Unknown;
    }
    var upload = query.has("uploadId");
    return switch (method) {
      case "PUT" ->
          headers.get("x-amz-copy-source").isPresent()
              ? (upload ? Unknown : CopyObject)
              : upload ? UploadPart : PutObject;
      case "GET" -> upload ? ListParts : GetObject;
      case "HEAD" -> HeadObject;
      case "DELETE" -> upload ? AbortMultipartUpload : DeleteObject;
      case "POST" ->
          query.has("uploads") ? CreateMultipartUpload : upload ? CompleteMultipartUpload : Unknown;
      default -> Unknown;
    };
  }

  /** Sub-resources that the simulator does not have must not be taken for the object itself. */
  private static boolean unsupported(Parameters query) {
    for (var name :
        new String[] {
          "acl",
          "tagging",
          "policy",
          "lifecycle",
          "cors",
          "encryption",
          "retention",
          "website",
          "legal-hold",
          "object-lock",
          "replication",
          "logging",
          "notification",
          "torrent",
          "attributes",
          "publicAccessBlock",
          "ownershipControls",
          "select",
          "restore"
        }) {
      if (query.has(name)) {
        return true;
      }
    }
    return false;
  }
}
