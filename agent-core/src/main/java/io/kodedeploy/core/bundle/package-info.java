/**
 * DownloadBundle: fetches a revision, unpacks it so that nothing lands outside its folder, finds
 * its AppSpec, removes old revisions (host-agent.md 7, 14.1).
 */
@NullMarked
package io.kodedeploy.core.bundle;

import org.jspecify.annotations.NullMarked;
