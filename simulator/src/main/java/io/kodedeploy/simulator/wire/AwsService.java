package io.kodedeploy.simulator.wire;

import java.util.Set;

/** One service of the account behind the common port. Thread-safe. */
public interface AwsService {
  /** Name in the record of calls and in faults, for example {@code codedeploy}. */
  String name();

  /** Service parts of the credential scope that lead here; normally the name alone. */
  default Set<String> signingNames() {
    return Set.of(name());
  }

  /** Whether the service understands this {@code X-Amz-Target} prefix; JSON services only. */
  default boolean understandsTarget(String signingName, String prefix) {
    return false;
  }

  /** Whether the operation is open to requests without a signature; query services only. */
  default boolean answersUnsigned(String operation) {
    return false;
  }

  /** How operations and errors look. */
  Protocol protocol();

  /** Operation of a REST request, for the record of calls and for faults ({@code GetObject}). */
  default String operationOf(String method, String rawPath, Parameters query, Headers headers) {
    return "";
  }

  /**
   * Carries the call out. May block (long poll), on the simulator's clock only.
   *
   * @throws AwsError for every answer that is not a success; of an unknown operation {@link
   *     #unknownOperation}
   * @throws InterruptedException if the simulator is closing
   */
  AwsResponse handle(AwsRequest request) throws InterruptedException;

  /** The refusal of an operation this service does not have, in its protocol's words. */
  default AwsError unknownOperation(AwsRequest request) {
    return switch (protocol()) {
      case JSON ->
          AwsError.badRequest(
              "UnknownOperationException",
              "The simulator's " + name() + " has no operation " + request.operation());
      case QUERY, EC2 ->
          AwsError.badRequest(
              "InvalidAction",
              "The simulator's " + name() + " has no action " + request.operation());
      case S3 ->
          AwsError.of(
              405,
              "MethodNotAllowed",
              "The simulator does not answer "
                  + request.method()
                  + " "
                  + request.rawPath()
                  + " "
                  + request.operation());
    };
  }
}
