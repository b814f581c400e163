/**
 * IAM and STS: users, roles, policies, keys and sessions, and the directory of keys that the
 * signature check asks. Policies are stored and trust policies evaluated when a role is assumed;
 * what a caller may do otherwise is not limited here.
 */
@NullMarked
package io.kodedeploy.simulator.iam;

import org.jspecify.annotations.NullMarked;
