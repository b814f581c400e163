package io.kodedeploy.cli.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.naming.Keys;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The journal of one application in the bucket. Every write names the version it replaces, so of
 * two releasers only one goes on. For one thread at a time.
 */
final class JournalStore {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Aws aws;
  private final String bucket;
  private final String key;
  private @Nullable String eTag;

  JournalStore(Aws aws, String bucket, String application) {
    this.aws = aws;
    this.bucket = bucket;
    this.key = Keys.releaseJournal(application);
  }

  String location() {
    return "s3://" + bucket + "/" + key;
  }

  Optional<Journal> read() {
    try {
      var object = aws.s3().getObjectAsBytes(request -> request.bucket(bucket).key(key));
      eTag = object.response().eTag();
      var journal = JSON.readValue(object.asUtf8String(), Journal.class);
      if (journal.schema() != Journal.SCHEMA) {
        throw invalid("schema " + Journal.SCHEMA + " was expected, found " + journal.schema());
      }
      return Optional.of(journal);
    } catch (NoSuchKeyException _) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw invalid(String.valueOf(e.getOriginalMessage())).because(e);
    }
  }

  void write(Journal journal) {
    byte[] text = JSON.writeValueAsString(journal).getBytes(UTF_8);
    if (put(text)) {
      return;
    }
    // Our own write whose answer was lost looks like somebody else's.
    boolean ours =
        read()
            .filter(
                found ->
                    found.releaseId().equals(journal.releaseId())
                        && found.holder().equals(journal.holder()))
            .isPresent();
    if (!ours || !put(text)) {
      throw new CliException(
          Problem.RELEASE_RUNNING,
          location() + " was changed by somebody else meanwhile.",
          "let the other release end, then run this one again.");
    }
  }

  private boolean put(byte[] text) {
    try {
      eTag =
          aws.s3()
              .putObject(
                  request -> {
                    request.bucket(bucket).key(key).contentType("application/json");
                    if (eTag == null) {
                      request.ifNoneMatch("*");
                    } else {
                      request.ifMatch(eTag);
                    }
                  },
                  RequestBody.fromBytes(text))
              .eTag();
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 412 || e.statusCode() == 409) {
        return false;
      }
      throw e;
    }
  }

  private CliException invalid(String what) {
    return new CliException(
        Problem.JOURNAL_INVALID,
        location() + " cannot be understood: " + what + ".",
        "check the listener's weights yourself, then delete that object.");
  }
}
