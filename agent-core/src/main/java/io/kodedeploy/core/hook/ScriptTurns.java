package io.kodedeploy.core.hook;

import io.kodedeploy.core.spec.Script;

/** Asked before each script of an event, in their order. */
@FunctionalInterface
public interface ScriptTurns {
  /** Every script runs. */
  ScriptTurns ALL = (_, _) -> Turn.RUN;

  /** What becomes of a script; an interrupted one fails the event. */
  Turn of(int index, Script script);
}
