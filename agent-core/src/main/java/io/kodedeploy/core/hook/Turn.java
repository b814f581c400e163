package io.kodedeploy.core.hook;

/** What becomes of one piece of a command that may have been begun before a restart. */
public enum Turn {
  /** It is new: do it. */
  RUN,
  /** It was done before the restart. */
  SKIP,
  /** It had been begun when the agent was ended; nobody knows how far it came. */
  INTERRUPTED
}
