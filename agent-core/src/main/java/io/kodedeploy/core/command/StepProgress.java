package io.kodedeploy.core.command;

import io.kodedeploy.core.hook.Turn;
import java.util.Optional;

/**
 * How far one command has come. Steps ask for their turn in the order in which they are done, under
 * names that are unique within the command and the same after a restart.
 */
interface StepProgress {
  /** Nothing is noted, everything is done. */
  StepProgress UNNOTED =
      new StepProgress() {
        @Override
        public Turn turn(String step) {
          return Turn.RUN;
        }

        @Override
        public Optional<String> unmet() {
          return Optional.empty();
        }
      };

  /** What becomes of a step; {@link Turn#RUN} is noted before this returns. */
  Turn turn(String step);

  /** The interrupted step when none of that name has asked: another version of the agent did it. */
  Optional<String> unmet();
}
