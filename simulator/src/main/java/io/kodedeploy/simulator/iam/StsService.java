package io.kodedeploy.simulator.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Xml;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** STS. Thread-safe. */
final class StsService implements AwsService {
  private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
  private static final String WEB_IDENTITY = "AssumeRoleWithWebIdentity";

  private final Identities identities;

  StsService(Identities identities) {
    this.identities = identities;
  }

  @Override
  public String name() {
    return "sts";
  }

  @Override
  public Protocol protocol() {
    return Protocol.QUERY;
  }

  /** Whoever has a token of an identity provider has no key yet. */
  @Override
  public boolean answersUnsigned(String operation) {
    return operation.equals(WEB_IDENTITY);
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    return switch (request.operation()) {
      case "GetCallerIdentity" -> callerIdentity(request);
      case "AssumeRole" -> assumeRole(request);
      case WEB_IDENTITY -> assumeRoleWithWebIdentity(request);
      default -> throw unknownOperation(request);
    };
  }

  private static AwsResponse callerIdentity(AwsRequest request) {
    var caller = request.caller();
    return Xml.queryResponse(
        request,
        NAMESPACE,
        xml ->
            xml.text("Arn", caller.arn())
                .text("UserId", caller.userId())
                .text("Account", caller.account()));
  }

  private AwsResponse assumeRole(AwsRequest request) {
    var form = request.form();
    var caller = request.caller();
    var context = new HashMap<String, String>();
    context.put("aws:principalarn", roleOrUser(caller));
    context.put("aws:principalaccount", caller.account());
    context.put("aws:userid", caller.userId());
    caller
        .tags()
        .forEach(
            (key, value) -> context.put("aws:principaltag/" + key.toLowerCase(Locale.ROOT), value));
    if (caller.arn().contains(":user/")) {
      context.put("aws:username", caller.name());
    }
    form.get("ExternalId").ifPresent(id -> context.put("sts:externalid", id));
    form.get("SourceIdentity").ifPresent(id -> context.put("sts:sourceidentity", id));
    var names = new HashSet<String>();
    names.add(caller.arn());
    names.add(roleOrUser(caller)); // of a user the same
    names.add(caller.account());
    names.add("arn:aws:iam::" + caller.account() + ":root");
    return assume(request, form, Map.of("AWS", names), context, tags(form, caller), caller.arn());
  }

  /** Those of the request, and the caller's transitive ones, which it cannot change. */
  private static Identities.SessionTags tags(Parameters form, Caller caller) {
    var values = new HashMap<String, String>();
    form.structures("Tags").forEach(t -> values.put(t.require("Key"), t.get("Value").orElse("")));
    var transitive = new HashSet<>(form.list("TransitiveTagKeys"));
    transitive.addAll(caller.transitive());
    caller.transitive().forEach(key -> values.put(key, caller.tags().getOrDefault(key, "")));
    return new Identities.SessionTags(values, transitive);
  }

  /** An assumed role is meant by its role's ARN, too. */
  private String roleOrUser(Caller caller) {
    var parts = caller.arn().split("[:/]", -1);
    if (!caller.arn().contains(":assumed-role/")) {
      return caller.arn();
    }
    return identities.locked(
        () -> {
          var role = identities.roles().get(parts[6]);
          return role == null ? caller.arn() : role.arn();
        });
  }

  private AwsResponse assumeRoleWithWebIdentity(AwsRequest request) {
    var form = request.form();
    var claims = claims(form.require("WebIdentityToken"));
    var expiry = claims.path("exp").asLong(Long.MAX_VALUE);
    if (request.time().getEpochSecond() >= expiry) {
      throw AwsError.badRequest(
          "ExpiredTokenException", "Token expired: current date/time must be before exp");
    }
    var provider = claims.path("iss").asString("").replaceFirst("^https?://", "");
    var context = new HashMap<String, String>();
    for (var claim : new String[] {"aud", "sub", "azp"}) {
      var value = claims.path(claim).isArray() ? claims.path(claim).path(0) : claims.path(claim);
      if (value.isString()) {
        context.put((provider + ":" + claim).toLowerCase(Locale.ROOT), value.asString());
      }
    }
    var names = new HashSet<String>();
    names.add(provider);
    names.add(identities.account().arn("iam", "", "oidc-provider/" + provider));
    return assume(
        request,
        form,
        Map.of("Federated", names),
        context,
        Identities.SessionTags.NONE,
        claims.path("sub").asString(""));
  }

  /** The claims of a JSON Web Token; its signature is not looked at. */
  private static JsonNode claims(String token) {
    var parts = token.split("\\.", -1);
    try {
      if (parts.length == 3) {
        var payload = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);
        return JsonMapper.shared().readTree(payload);
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw AwsError.badRequest(
          "InvalidIdentityToken", "The web identity token cannot be read: " + e.getMessage());
    }
    throw AwsError.badRequest("InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
  }

  private AwsResponse assume(
      AwsRequest request,
      Parameters form,
      Map<String, Set<String>> principals,
      Map<String, String> context,
      Identities.SessionTags tags,
      String subject) {
    var arn = form.require("RoleArn");
    var sessionName = form.require("RoleSessionName");
    if (!sessionName.matches("[\\w+=,.@-]{2,64}")) {
      throw AwsError.badRequest(
          "ValidationError",
          "1 validation error detected: Value '"
              + sessionName
              + "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular"
              + " expression pattern: [\\w+=,.@-]* and have length between 2 and 64");
    }
    context.put("sts:rolesessionname", sessionName);
    var action = "sts:" + request.operation();
    var role =
        identities
            .roleByArn(arn)
            .filter(
                r -> {
                  var trust = TrustPolicy.parse(r.trustPolicy());
                  return trust.allows(new TrustPolicy.Question(action, principals, context))
                      && (tags.values().isEmpty()
                          || trust.allows(
                              new TrustPolicy.Question("sts:TagSession", principals, context)));
                })
            .orElseThrow(
                () ->
                    AwsError.of(
                        403,
                        "AccessDenied",
                        (principals.containsKey("AWS")
                            ? "User: "
                                + subject
                                + " is not authorized to perform: "
                                + action
                                + " on resource: "
                                + arn
                            : "Not authorized to perform " + action)));
    var seconds = duration(form, role);
    var session =
        identities.openSession(role, sessionName, tags, request.time().plusSeconds(seconds));
    var caller = identities.caller(session);
    return Xml.queryResponse(
        request,
        NAMESPACE,
        xml -> {
          xml.element(
              "Credentials",
              entry ->
                  entry
                      .text("AccessKeyId", session.accessKeyId())
                      .text("SecretAccessKey", session.secret())
                      .text("SessionToken", session.token())
                      .time("Expiration", session.expiration()));
          xml.element(
              "AssumedRoleUser",
              entry -> entry.text("Arn", caller.arn()).text("AssumedRoleId", caller.userId()));
          if (action.endsWith(WEB_IDENTITY)) {
            xml.text("SubjectFromWebIdentityToken", subject);
          }
        });
  }

  private static int duration(Parameters form, Entity role) {
    var text = form.get("DurationSeconds").orElse("3600");
    var seconds = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    if (seconds < 900 || seconds > role.maxSessionSeconds()) {
      throw AwsError.badRequest(
          "ValidationError",
          "The requested DurationSeconds must be at least 900 and must not exceed the"
              + " MaxSessionDuration set for this role.");
    }
    return seconds;
  }
}
