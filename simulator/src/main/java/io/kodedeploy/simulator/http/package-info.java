/**
 * HTTP/1.1 over sockets as the data path needs it: heads, framing and streaming bodies, on virtual
 * threads, on an address of one's own.
 *
 * <p>Load balancers, instance metadata and whatever else listens on a simulated machine's address
 * use it. The API front does not; nothing here knows AWS.
 */
@NullMarked
package io.kodedeploy.simulator.http;

import org.jspecify.annotations.NullMarked;
