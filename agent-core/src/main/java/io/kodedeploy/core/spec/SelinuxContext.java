package io.kodedeploy.core.spec;

import java.util.Optional;

/**
 * The SELinux label of a permission.
 *
 * @param user SELinux user
 * @param type SELinux type
 * @param range canonical sensitivity and categories
 */
public record SelinuxContext(Optional<String> user, String type, Optional<String> range) {}
