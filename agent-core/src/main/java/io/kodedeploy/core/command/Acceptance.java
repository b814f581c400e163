package io.kodedeploy.core.command;

import io.kodedeploy.core.config.SettingsReader;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Revision;
import java.util.List;

/**
 * Which deployments a host takes. A deployment group selects hosts by free tags and IAM cannot
 * constrain them, so without this rule whoever may create a group owns every host. Checked after
 * the specification is verified and before anything is acknowledged.
 *
 * @param enforced false takes everything, as the official agent does
 * @param applications CodeDeploy applications; {@code *} or an empty list for any
 * @param groups names of deployment groups; {@code *} or an empty list for any, but nothing is
 *     taken when both lists are empty
 * @param sources where bundles come from, {@code s3://BUCKET/PREFIX} or {@code
 *     github:ACCOUNT/REPOSITORY}; empty for anywhere
 */
public record Acceptance(
    boolean enforced, List<String> applications, List<String> groups, List<String> sources) {
  /** Takes everything: a host without Kubernetes, with the official settings only. */
  public static final Acceptance ANY = new Acceptance(false, List.of(), List.of(), List.of());

  private static final String ANY_NAME = "*";
  private static final String S3 = "s3://";
  private static final String GITHUB = "github:";

  /** Copies the lists. */
  public Acceptance {
    applications = List.copyOf(applications);
    groups = List.copyOf(groups);
    sources = List.copyOf(sources);
  }

  /**
   * Reads {@code accept.enabled}, {@code accept.applications}, {@code accept.groups} and {@code
   * accept.sources}. The rule is on when one of the lists is there, or by {@code accept.enabled}.
   */
  public static Acceptance read(SettingsReader settings) {
    var applications = settings.texts("accept.applications");
    var groups = settings.texts("accept.groups");
    var sources = settings.texts("accept.sources");
    for (var source : sources) {
      if (!source.matches("s3://[^/]+(/.*)?|github:[^/]+/[^/]+")) {
        settings.refuse(
            "accept.sources: expected s3://BUCKET/PREFIX or github:ACCOUNT/REPOSITORY, found \""
                + source
                + "\"");
      }
    }
    boolean any = !applications.isEmpty() || !groups.isEmpty() || !sources.isEmpty();
    return new Acceptance(settings.flag("accept.enabled", any), applications, groups, sources);
  }

  /**
   * Lets a deployment pass, or not.
   *
   * @throws AgentException {@code not-accepted}, naming the rule, what it allows and what came
   */
  public void check(DeploymentSpec spec) {
    check(spec.applicationName(), spec.deploymentGroupName());
    if (enforced
        && !sources.isEmpty()
        && sources.stream().noneMatch(source -> allows(source, spec.revision()))) {
      throw refusal(
          "accept.sources allows "
              + String.join(", ", sources)
              + ", but the bundle is "
              + name(spec.revision())
              + push(spec.applicationName()));
    }
  }

  /** The only groups that can pass, by name; empty when any name can. */
  public List<String> groupNames() {
    return enforced && !groups.contains(ANY_NAME) ? groups : List.of();
  }

  /** As above, for a deployment whose bundle is not known yet. */
  public void check(String application, String group) {
    if (!enforced) {
      return;
    }
    if (applications.isEmpty() && groups.isEmpty()) {
      throw refusal(
          "accept.applications and accept.groups are empty, so this host takes no deployment;"
              + " application \""
              + application
              + "\" came through group \""
              + group
              + "\"");
    }
    if (refuses(applications, application)) {
      throw refusal(
          "accept.applications allows "
              + String.join(", ", applications)
              + ", but the deployment is of application \""
              + application
              + "\"");
    }
    if (refuses(groups, group)) {
      throw refusal(
          "accept.groups allows "
              + String.join(", ", groups)
              + ", but the deployment came through group \""
              + group
              + "\"");
    }
  }

  private static boolean refuses(List<String> allowed, String name) {
    return !allowed.isEmpty() && !allowed.contains(ANY_NAME) && !allowed.contains(name);
  }

  private static AgentException refusal(String message) {
    return new AgentException(ErrorCode.NOT_ACCEPTED, message);
  }

  private static boolean allows(String source, Revision revision) {
    return switch (revision) {
      case Revision.S3 s3 -> {
        var folder = source.endsWith("/") ? source : source + "/";
        yield (S3 + s3.bucket() + "/" + s3.key()).startsWith(folder);
      }
      case Revision.GitHub gitHub ->
          source.equals(GITHUB + gitHub.account() + "/" + gitHub.repository());
      case Revision.LocalFile _, Revision.LocalDirectory _ -> false;
    };
  }

  private static String name(Revision revision) {
    return switch (revision) {
      case Revision.S3 s3 -> S3 + s3.bucket() + "/" + s3.key();
      case Revision.GitHub gitHub -> GITHUB + gitHub.account() + "/" + gitHub.repository();
      case Revision.LocalFile file -> file.location();
      case Revision.LocalDirectory directory -> directory.location();
    };
  }

  /** The command that puts the bundle where it is taken. */
  private String push(String application) {
    return sources.stream()
        .filter(source -> source.startsWith(S3))
        .findFirst()
        .map(
            source ->
                "; push it there: aws deploy push --application-name "
                    + application
                    + " --s3-location "
                    + source
                    + (source.endsWith("/") ? "" : "/")
                    + application
                    + "/bundle.zip")
        .orElse("");
  }
}
