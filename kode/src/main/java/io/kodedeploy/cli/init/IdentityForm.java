package io.kodedeploy.cli.init;

/** How a host proves who it is. */
enum IdentityForm {
  /** A session of a role of its own, without any long-lived key. */
  SESSION("session of a role"),

  /** An IAM user with an access key. */
  USER("user with an access key");

  private final String word;

  IdentityForm(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
