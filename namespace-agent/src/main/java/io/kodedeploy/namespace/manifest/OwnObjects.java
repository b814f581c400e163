package io.kodedeploy.namespace.manifest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names and labels by which the agent knows its own work in a namespace. */
public final class OwnObjects {
  /** Label on every object that a bundle brought: the CodeDeploy application. */
  public static final String APPLICATION_LABEL = "kodedeploy.io/application";

  /** Label on objects of the whole cluster: the namespace whose agent wrote them. */
  public static final String NAMESPACE_LABEL = "kodedeploy.io/namespace";

  /** Label that finds every inventory of a namespace. */
  public static final String INVENTORY_LABEL = "kodedeploy.io/inventory";

  /** ConfigMap with what is installed, for every application. */
  public static final String STATE = "kodedeploy-state";

  /** Commands being carried out, and what a lost disk held. */
  public static final String COMMANDS = "kodedeploy-commands";

  /** Begins the name of a Job that the agent runs, and of the Secret beside it. */
  public static final String RUN_PREFIX = "kodedeploy-run-";

  private static final String INVENTORY_PREFIX = "kodedeploy-inventory-";

  /**
   * Names in the chart's templates and of the records. They are taken for every kind, so that no
   * kind that a template or a cluster's operator adds is forgotten.
   */
  private static final Set<String> NAMES =
      Set.of(
          STATE,
          COMMANDS,
          "kodedeploy-agent",
          "kodedeploy-apply",
          "kodedeploy-catch-up",
          "kodedeploy-cluster",
          "kodedeploy-groups",
          "kodedeploy-leave",
          "kodedeploy-membership",
          "kodedeploy-namespaces",
          "kodedeploy-waves");

  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern DNS =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private OwnObjects() {}

  /** Whether it is one of the agent's or the chart's objects, in whatever namespace. */
  static boolean isOwn(ObjectKey key) {
    return NAMES.contains(key.name())
        || (key.kind().equals("ConfigMap") && key.name().startsWith(INVENTORY_PREFIX))
        || (List.of("Job", "Secret").contains(key.kind()) && key.name().startsWith(RUN_PREFIX));
  }

  /**
   * The inventory of an application. Application names may hold up to 100 characters of any kind,
   * names of objects may not: such a name gets a digest that keeps it apart from others.
   */
  public static String inventoryName(String application) {
    return INVENTORY_PREFIX
        + (DNS.matcher(application).matches()
            ? application
            : shortened(application.toLowerCase(Locale.ROOT), "[^a-z0-9]+", application));
  }

  /** The application as the value of a label. */
  public static String labelValue(String application) {
    return LABEL.matcher(application).matches()
        ? application
        : shortened(application, "[^A-Za-z0-9]+", application);
  }

  /** The field manager of an application; at most 128 characters, any of them printable. */
  public static String fieldManager(String application) {
    return "kodedeploy:" + application;
  }

  private static String shortened(String text, String unwanted, String application) {
    var clean = text.replaceAll(unwanted, "-").replaceAll("^-+|-+$", "");
    var start = clean.substring(0, Math.min(50, clean.length())).replaceAll("-+$", "");
    return (start.isEmpty() ? "application" : start) + "-" + digest(application);
  }

  private static String digest(String text) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)), 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
