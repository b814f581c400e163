package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The virtual resources about who may do what. There is no authorization here: the one token may do
 * everything, and a token requested for a service account is that one.
 */
final class Reviews {
  private static final String ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  private static final String SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

  private final ObjectStore store;
  private final SimulatorClock clock;
  private final String token;

  Reviews(ObjectStore store, SimulatorClock clock, String token) {
    this.store = store;
    this.clock = clock;
    this.token = token;
  }

  /** Empty when the request is about something else. */
  Optional<ObjectNode> answer(ApiRequest request) {
    if (!request.method().equals("POST")) {
      return Optional.empty();
    }
    if (request.path().equals(ACCESS)) {
      var review = request.object();
      ObjectTree.child(review, "status").put("allowed", true);
      return Optional.of(review);
    }
    if (request.path().equals(SELF)) {
      var review = request.object();
      ObjectTree.child(review, "status", "userInfo").put("username", "kubernetes-admin");
      return Optional.of(review);
    }
    return ApiPath.parse(request.path())
        .filter(path -> path.kind().equals(ResourceCatalog.SERVICE_ACCOUNT))
        .filter(path -> path.subresource().equals("token"))
        .map(path -> token(request, path));
  }

  private ObjectNode token(ApiRequest request, ApiPath path) {
    if (store.get(path.kind(), path.namespace(), path.name()).isEmpty()) {
      throw StatusException.notFound(path.kind(), path.name());
    }
    var review = request.object();
    var seconds = ObjectTree.number(review, 3600, "spec", "expirationSeconds");
    ObjectTree.child(review, "status")
        .put("token", token)
        .put(
            "expirationTimestamp",
            clock.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS).toString());
    return review;
  }
}
