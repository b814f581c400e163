package io.kodedeploy.namespace.catchup;

/** When catch-up does something about an application again. */
public enum NextAttempt {
  /** It is as its groups want it, or nobody wants it. */
  NONE("none is needed"),
  /** After 5 seconds, then after twice as long each time, up to {@code catch-up.interval}. */
  NEXT_LOOK("at the next look"),
  AFTER_DEPLOYMENT("when the running deployment has ended"),
  AFTER_PAUSE("when the pause has ended"),
  AFTER_LOWER_WAVES("when the lower waves are done"),
  NEW_DEPLOYMENT("when somebody deploys again");

  private final String words;

  NextAttempt(String words) {
    this.words = words;
  }

  /** Whether nothing happens before a person does something. */
  boolean needsSomebody() {
    return this == AFTER_PAUSE || this == NEW_DEPLOYMENT;
  }

  /** As {@code /status} says it. */
  public String words() {
    return words;
  }
}
