package io.kodedeploy.core.bundle;

import java.io.IOException;

/** Is told how a download comes along, by the thread that downloads. */
interface Arrival {
  /** Nobody wants to know. */
  Arrival NONE =
      new Arrival() {
        @Override
        public void begins() {}

        @Override
        public void grown(long upTo) {}
      };

  /** The first byte comes; called again when the file is fetched anew from its beginning. */
  void begins() throws IOException;

  /** So many bytes of the file are written. */
  void grown(long upTo);
}
