package io.kodedeploy.simulator.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A loopback address that belongs to this simulator alone, among all processes of the machine,
 * until it is closed. A listening socket on one agreed port is the sign of it.
 */
public final class LoopbackAddress implements AutoCloseable {
  /** The port whose listener says that an address is taken. */
  private static final int SIGN = 4569;

  private final InetAddress address;
  private final ServerSocket sign;

  private LoopbackAddress(InetAddress address, ServerSocket sign) {
    this.address = address;
    this.sign = sign;
  }

  /** This machine has no loopback addresses but 127.0.0.1. */
  public static final class Unavailable extends RuntimeException {
    Unavailable(String address, IOException cause) {
      super(
          "this machine cannot use the address "
              + address
              + " ("
              + cause.getMessage()
              + "). The simulator gives every node and load balancer an address of its own in"
              + " 127.0.0.0/8, which Linux (WSL 2 included) has and macOS has not",
          cause);
    }
  }

  /**
   * Takes the address, unless somebody has it.
   *
   * @throws Unavailable if nobody can have it on this machine
   */
  public static Optional<LoopbackAddress> reserve(String text) {
    try {
      var address = InetAddress.getByName(text);
      try (var usable = new ServerSocket()) {
        usable.bind(new InetSocketAddress(address, 0));
      } catch (IOException e) {
        throw new Unavailable(text, e);
      }
      return sign(address).map(socket -> new LoopbackAddress(address, socket));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + text, e);
    }
  }

  private static Optional<ServerSocket> sign(InetAddress address) {
    try {
      var socket = new ServerSocket();
      try {
        socket.bind(new InetSocketAddress(address, SIGN), 1);
        return Optional.of(socket);
      } catch (IOException e) {
        socket.close();
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The address as text. */
  public String text() {
    return address.getHostAddress();
  }

  @Override
  public void close() {
    try {
      sign.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
