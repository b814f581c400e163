package io.kodedeploy.cli.policy;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The IAM actions that classes need, read from their calls of SDK clients. */
final class CalledActions {
  private static final String CLIENTS = "software.amazon.awssdk.services.";

  private static final Map<String, String> PREFIXES =
      Map.of(
          "codedeploy", "codedeploy",
          "elasticloadbalancingv2", "elasticloadbalancing",
          "autoscaling", "autoscaling",
          "s3", "s3",
          "iam", "iam",
          "sts", "sts");

  /** S3 operations whose action has another name (service authorization reference of S3). */
  private static final Map<String, String> S3_ACTIONS =
      Map.of(
          "HeadObject", "GetObject",
          "GetObjectAsBytes", "GetObject",
          "ListObjectsV2", "ListBucket",
          "HeadBucket", "ListBucket",
          "CreateMultipartUpload", "PutObject",
          "UploadPart", "PutObject",
          "CompleteMultipartUpload", "PutObject");

  /** Methods of a client that call nothing. */
  private static final Set<String> NO_OPERATION =
      Set.of(
          "close",
          "builder",
          "create",
          "serviceName",
          "serviceClientConfiguration",
          "getCallerIdentity"); // allowed to everybody (service authorization reference of STS)

  private CalledActions() {}

  /** The actions of every SDK call in the classes that the predicate takes. */
  static Set<String> of(JavaClasses classes, Predicate<JavaClass> taken) {
    var actions = new TreeSet<String>();
    classes.stream()
        .filter(taken)
        .flatMap(CalledActions::accesses)
        .forEach(access -> add(actions, access.getTargetOwner().getFullName(), access.getName()));
    return actions;
  }

  private static Stream<JavaAccess<?>> accesses(JavaClass type) {
    return Stream.concat(
        type.getMethodCallsFromSelf().stream(), type.getMethodReferencesFromSelf().stream());
  }

  private static void add(Set<String> actions, String owner, String method) {
    if (!owner.startsWith(CLIENTS) || !owner.endsWith("Client") || NO_OPERATION.contains(method)) {
      return;
    }
    var service = owner.substring(CLIENTS.length()).split("\\.", 2)[0];
    var prefix = PREFIXES.get(service);
    if (prefix == null) {
      throw new AssertionError("no IAM prefix is known for the client " + owner);
    }
    var operation =
        Character.toUpperCase(method.charAt(0)) + method.substring(1).replace("Paginator", "");
    actions.add(
        prefix
            + ":"
            + (service.equals("s3") ? S3_ACTIONS.getOrDefault(operation, operation) : operation));
  }
}
