package io.kodedeploy.simulator.elb;

import java.io.IOException;

/** The client ended its connection in the middle of an exchange. */
final class ClientGone extends IOException {

  ClientGone(IOException cause) {
    super("the client ended the connection", cause);
  }
}
