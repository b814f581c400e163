package io.kodedeploy.simulator.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.net.URI;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class S3ServiceIT {
  private final Simulator simulator = Simulator.start(SimulatorSettings.onAnyPort());
  private final S3Client s3 = client(simulator.url());

  @BeforeEach
  void createBucket() {
    s3.createBucket(b -> b.bucket("bundles"));
  }

  @AfterEach
  void close() {
    s3.close();
    simulator.close();
  }

  @Test
  void givesBackWhatWasPutWithItsHeadersAndChecksum() {
    var put =
        s3.putObject(
            b ->
                b.bucket("bundles")
                    .key("a b/ü+1.txt")
                    .contentType("text/plain")
                    .metadata(java.util.Map.of("colour", "blue"))
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32),
            RequestBody.fromString("hello"));

    var got =
        s3.getObjectAsBytes(
            b -> b.bucket("bundles").key("a b/ü+1.txt").checksumMode(ChecksumMode.ENABLED));

    assertThat(put.eTag()).isEqualTo("\"5d41402abc4b2a76b9719d911017c592\"");
    assertThat(got.asUtf8String()).isEqualTo("hello");
    assertThat(got.response().contentType()).isEqualTo("text/plain");
    assertThat(got.response().metadata()).containsEntry("colour", "blue");
    assertThat(got.response().checksumCRC32()).isEqualTo("NhCmhg==");
  }

  @Test
  void refusesABodyThatIsNotWhatItsChecksumSays() {
    assertThatThrownBy(
            () ->
                s3.putObject(
                    b -> b.bucket("bundles").key("k").checksumCRC32("AAAAAA=="),
                    RequestBody.fromString("hello")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("x-amz-checksum-crc32");
    assertThat(s3.listObjectsV2(b -> b.bucket("bundles")).contents()).isEmpty();
  }

  @Test
  void answersRangesAndConditions() {
    put("k", "0123456789");

    assertThat(
            s3.getObjectAsBytes(b -> b.bucket("bundles").key("k").range("bytes=2-4"))
                .asUtf8String())
        .isEqualTo("234");
    assertThat(
            s3.getObjectAsBytes(b -> b.bucket("bundles").key("k").range("bytes=-3")).asUtf8String())
        .isEqualTo("789");
    var eTag = s3.headObject(b -> b.bucket("bundles").key("k")).eTag();
    assertThatThrownBy(
            () -> s3.getObjectAsBytes(b -> b.bucket("bundles").key("k").ifNoneMatch(eTag)))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(304));
    assertThatThrownBy(
            () -> s3.getObjectAsBytes(b -> b.bucket("bundles").key("k").range("bytes=20-")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(416));
  }

  @Test
  void anObjectWrittenAgainTakesThePlaceOfTheFirst() {
    put("k", "one");
    put("k", "two");

    assertThat(s3.getObjectAsBytes(b -> b.bucket("bundles").key("k")).asUtf8String())
        .isEqualTo("two");
  }

  @Test
  void keepsEveryVersionOnceVersioningIsOn() {
    s3.putBucketVersioning(
        b ->
            b.bucket("bundles")
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    var first = put("k", "one");
    put("k", "two");
    s3.deleteObject(b -> b.bucket("bundles").key("k"));

    assertThatThrownBy(() -> s3.getObjectAsBytes(b -> b.bucket("bundles").key("k")))
        .isInstanceOf(NoSuchKeyException.class);
    assertThat(
            s3.getObjectAsBytes(b -> b.bucket("bundles").key("k").versionId(first)).asUtf8String())
        .isEqualTo("one");
    var versions = s3.listObjectVersions(b -> b.bucket("bundles"));
    assertThat(versions.versions())
        .extracting(ObjectVersion::isLatest)
        .containsExactly(false, false);
    assertThat(versions.deleteMarkers()).hasSize(1);
  }

  @Test
  void joinsTheChosenPartsAndNamesThemInTheETag() {
    var parts = List.of(random(5 << 20, 1), random(123, 2));
    var id = s3.createMultipartUpload(b -> b.bucket("bundles").key("big")).uploadId();
    var eTags =
        List.of(1, 2).stream()
            .map(
                n ->
                    s3.uploadPart(
                            b -> b.bucket("bundles").key("big").uploadId(id).partNumber(n),
                            RequestBody.fromBytes(parts.get(n - 1)))
                        .eTag())
            .toList();

    var done =
        s3.completeMultipartUpload(
            b ->
                b.bucket("bundles")
                    .key("big")
                    .uploadId(id)
                    .multipartUpload(
                        m ->
                            m.parts(
                                CompletedPart.builder().partNumber(1).eTag(eTags.get(0)).build(),
                                CompletedPart.builder().partNumber(2).eTag(eTags.get(1)).build())));

    assertThat(done.eTag()).matches("\"[0-9a-f]{32}-2\"");
    var content = s3.getObjectAsBytes(b -> b.bucket("bundles").key("big")).asByteArray();
    assertThat(content).hasSize((5 << 20) + 123).startsWith(parts.get(0)).endsWith(parts.get(1));
    assertThat(s3.listMultipartUploads(b -> b.bucket("bundles")).uploads()).isEmpty();
  }

  @Test
  void listsByPrefixDelimiterAndPage() {
    for (var key : List.of("a/1", "a/2", "b", "c/1")) {
      put(key, key);
    }

    var folders = s3.listObjectsV2(b -> b.bucket("bundles").delimiter("/"));
    var pages =
        s3.listObjectsV2Paginator(b -> b.bucket("bundles").maxKeys(1)).contents().stream()
            .map(S3Object::key)
            .toList();

    assertThat(folders.commonPrefixes()).extracting(p -> p.prefix()).containsExactly("a/", "c/");
    assertThat(folders.contents()).extracting(S3Object::key).containsExactly("b");
    assertThat(pages).containsExactly("a/1", "a/2", "b", "c/1");
  }

  private String put(String key, String content) {
    return s3.putObject(
            b -> b.bucket("bundles").key(key), RequestBody.fromBytes(content.getBytes(UTF_8)))
        .versionId();
  }

  private static byte[] random(int length, long seed) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static S3Client client(URI endpoint) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_WEST_2)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }
}
