package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Carries a request for a resource out: everything but watches, which are streams. */
final class ApiVerbs {
  private static final String APPLY = "application/apply-patch+yaml";

  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final Deletion deletion;
  private final SimulatorClock clock;

  ApiVerbs(ObjectStore store, ObjectVerbs verbs, Deletion deletion, SimulatorClock clock) {
    this.store = store;
    this.verbs = verbs;
    this.deletion = deletion;
    this.clock = clock;
  }

  /** An answer. */
  record Answer(int status, ObjectNode body) {
    static Answer ok(ObjectNode body) {
      return new Answer(200, body);
    }
  }

  Answer answer(ApiRequest request, ApiPath path) {
    return switch (path.subresource()) {
      case "", "status", "finalize" ->
          path.name().isEmpty() ? collection(request, path) : object(request, path);
      case "scale" -> scale(request, path);
      case "eviction" -> evict(request, path);
      default -> throw unknownPath();
    };
  }

  static StatusException unknownPath() {
    return new StatusException(404, "NotFound", "the server could not find the requested resource");
  }

  private Answer collection(ApiRequest request, ApiPath path) {
    return switch (request.method()) {
      case "GET" -> Answer.ok(list(request, path));
      case "POST" -> {
        var options = request.writeOptions("");
        yield new Answer(
            201, verbs.create(path.kind(), path.namespace(), request.object(), options));
      }
      case "DELETE" -> {
        var options = request.body().length == 0 ? emptyObject() : request.object();
        for (var object : selected(request, path)) {
          deletion.delete(
              path.kind(),
              ObjectTree.namespace(object),
              ObjectTree.name(object),
              options,
              request.writeOptions("").dryRun());
        }
        yield Answer.ok(success());
      }
      default -> throw notAllowed();
    };
  }

  private List<ObjectNode> selected(ApiRequest request, ApiPath path) {
    return store.list(path.kind(), path.namespace()).stream().filter(request.selector()).toList();
  }

  private ObjectNode list(ApiRequest request, ApiPath path) {
    return store.exclusively(
        () -> {
          var revision = Long.toString(store.revision());
          var objects = selected(request, path);
          if (request.wantsTable()) {
            return new TableView(clock.now()).of(path.kind(), objects, revision);
          }
          var list = emptyObject().put("kind", path.kind().kind() + "List");
          list.put("apiVersion", path.kind().apiVersion());
          list.putObject("metadata").put("resourceVersion", revision);
          list.putArray("items").addAll(objects);
          return list;
        });
  }

  private Answer object(ApiRequest request, ApiPath path) {
    var kind = path.kind();
    var subresource = path.subresource().equals("status") ? "status" : "";
    var options = request.writeOptions(subresource);
    return switch (request.method()) {
      case "GET" -> {
        var found = verbs.get(kind, path.namespace(), path.name());
        yield Answer.ok(
            request.wantsTable()
                ? new TableView(clock.now())
                    .of(kind, List.of(found), ObjectTree.text(found, "metadata", "resourceVersion"))
                : found);
      }
      case "PUT" ->
          Answer.ok(verbs.update(kind, path.namespace(), path.name(), request.object(), options));
      case "PATCH" -> patch(request, path, options);
      case "DELETE" -> delete(request, path, options);
      default -> throw notAllowed();
    };
  }

  private Answer patch(ApiRequest request, ApiPath path, WriteOptions options) {
    var mediaType = request.contentType().replaceAll(";.*", "").trim();
    if (!mediaType.equals(APPLY)) {
      return Answer.ok(
          verbs.patch(
              path.kind(), path.namespace(), path.name(), mediaType, request.json(), options));
    }
    if (request.query().get("fieldManager").orElse("").isEmpty()) {
      throw new StatusException(
          422,
          "Invalid",
          "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for"
              + " apply patch");
    }
    var applied =
        verbs.apply(path.kind(), path.namespace(), path.name(), request.object(), options);
    return new Answer(applied.created() ? 201 : 200, applied.object());
  }

  private Answer delete(ApiRequest request, ApiPath path, WriteOptions write) {
    var options = request.body().length == 0 ? emptyObject() : request.object();
    request
        .query()
        .get("gracePeriodSeconds")
        .ifPresent(seconds -> options.put("gracePeriodSeconds", Integer.parseInt(seconds)));
    request
        .query()
        .get("propagationPolicy")
        .ifPresent(policy -> options.put("propagationPolicy", policy));
    var dryRun = write.dryRun() || options.path("dryRun").size() > 0;
    var last = deletion.delete(path.kind(), path.namespace(), path.name(), options, dryRun);
    if (ObjectTree.deleting(last)) {
      return Answer.ok(last);
    }
    var status = success();
    status
        .putObject("details")
        .put("name", path.name())
        .put("group", path.kind().group())
        .put("kind", path.kind().plural())
        .put("uid", ObjectTree.uid(last));
    return Answer.ok(status);
  }

  private Answer scale(ApiRequest request, ApiPath path) {
    if (!path.kind().has(ResourceKind.Trait.SCALE)) {
      throw unknownPath();
    }
    var present = scaleOf(verbs.get(path.kind(), path.namespace(), path.name()));
    var wanted =
        switch (request.method()) {
          case "GET" -> present;
          case "PUT" -> request.object();
          case "PATCH" ->
              io.kodedeploy.simulator.kubernetes.patch.Patches.merge(present, request.json());
          default -> throw notAllowed();
        };
    var replicas = ObjectTree.number(wanted, -1, "spec", "replicas");
    if (replicas < 0) {
      throw StatusException.invalid(
          path.kind(), path.name(), "spec.replicas", "Invalid value: must be 0 or more");
    }
    var changed =
        verbs.change(
            path.kind(),
            path.namespace(),
            path.name(),
            request.writeOptions("scale"),
            live -> {
              ObjectTree.child(live, "spec").put("replicas", replicas);
              return live;
            });
    return Answer.ok(scaleOf(changed));
  }

  private static ObjectNode scaleOf(ObjectNode workload) {
    var scale = emptyObject().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    var metadata = scale.putObject("metadata");
    for (var field :
        new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
      metadata.set(field, ObjectTree.at(workload, "metadata", field));
    }
    scale.putObject("spec").put("replicas", ObjectTree.number(workload, 0, "spec", "replicas"));
    scale.putObject("status").put("replicas", ObjectTree.number(workload, 0, "status", "replicas"));
    return scale;
  }

  private Answer evict(ApiRequest request, ApiPath path) {
    if (!path.kind().equals(ResourceCatalog.POD) || !request.method().equals("POST")) {
      throw unknownPath();
    }
    JsonNode options = request.object().path("deleteOptions");
    deletion.delete(
        path.kind(),
        path.namespace(),
        path.name(),
        options.isObject() ? options : emptyObject(),
        request.writeOptions("").dryRun());
    return new Answer(201, success());
  }

  private static StatusException notAllowed() {
    return new StatusException(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static ObjectNode success() {
    var status = emptyObject().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    return status.put("status", "Success");
  }

  private static ObjectNode emptyObject() {
    return JsonNodeFactory.instance.objectNode();
  }
}
