package io.kodedeploy.simulator.elb;

/** Rules for names and numbers that several calls share. */
final class Names {
  static final String VPC = "vpc-0123456789abcdef0";

  private Names() {}

  static void check(String what, String name) {
    if (name.length() > 32) {
      throw ElbErrors.validation(
          what + " name '" + name + "' cannot be longer than '32' characters");
    }
    if (!name.matches("[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")) {
      throw ElbErrors.validation(
          what
              + " name '"
              + name
              + "' can only contain characters that are alphanumeric characters and hyphens(-),"
              + " and must not begin or end with a hyphen");
    }
  }

  static boolean isBetween(String text, int low, int high) {
    return text.matches("[0-9]{1,6}")
        && low <= Integer.parseInt(text)
        && Integer.parseInt(text) <= high;
  }

  static int number(String name, String text, int low, int high) {
    if (!isBetween(text, low, high)) {
      throw ElbErrors.validation(
          name + " must be between " + low + " and " + high + ", not '" + text + "'");
    }
    return Integer.parseInt(text);
  }
}
