package io.kodedeploy.simulator.codedeploy;

import java.security.SecureRandom;

/** Makes deployment ids: {@code d-} and nine letters or digits. */
final class DeploymentIds {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final SecureRandom RANDOM = new SecureRandom();

  private DeploymentIds() {}

  static String next(State state) {
    while (true) {
      var id = new StringBuilder("d-");
      for (int i = 0; i < 9; i++) {
        id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
      }
      if (!state.deployments.containsKey(id.toString())) {
        return id.toString();
      }
    }
  }
}
