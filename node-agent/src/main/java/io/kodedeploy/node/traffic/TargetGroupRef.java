package io.kodedeploy.node.traffic;

import static java.util.Objects.requireNonNull;

/** How an AppSpec or a deployment group names a target group. */
public sealed interface TargetGroupRef {
  /** The target group of that name in the node's account and region. */
  record ByName(String name) implements TargetGroupRef {
    /** Refuses an absent name. */
    public ByName {
      requireNonNull(name, "name");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The target group of that ARN. */
  record ByArn(String arn) implements TargetGroupRef {
    /** Refuses what is not the ARN of a target group. */
    public ByArn {
      if (!isArn(arn)) {
        throw new IllegalArgumentException("not the ARN of a target group: " + arn);
      }
    }

    @Override
    public String name() {
      int start = arn.indexOf(":targetgroup/") + ":targetgroup/".length();
      return arn.substring(start, arn.indexOf('/', start));
    }

    @Override
    public String toString() {
      return arn;
    }
  }

  /** The target group's name: unique in an account and region, and a part of every ARN. */
  String name();

  /** Whether a text is the ARN of a target group: {@code arn:...:targetgroup/NAME/ID}. */
  static boolean isArn(String text) {
    return text.matches("arn:[^:]+:elasticloadbalancing:[^:]+:[^:]*:targetgroup/[^/]+/[^/]+");
  }

  /** The reference a text means: an ARN or a name. */
  static TargetGroupRef of(String text) {
    return isArn(text) ? new ByArn(text) : new ByName(text);
  }
}
