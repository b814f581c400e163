package io.kodedeploy.simulator.codedeploy;

/** Descriptions of revisions and deployments: at most 256 characters. */
final class Descriptions {
  private Descriptions() {}

  static String read(Input input) {
    var text = input.text("description").orElse("");
    if (text.length() > 256) {
      throw Refusal.of("DescriptionTooLong", "The description is longer than 256 characters");
    }
    return text;
  }
}
