package io.kodedeploy.namespace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * etcd, API server, controller manager and scheduler of a real Kubernetes on loopback and free
 * ports, without a node: pods stay Pending. Needs {@code KUBEBUILDER_ASSETS} (etcd, kube-apiserver,
 * kubectl) and {@code KUBERNETES_BIN} (kube-controller-manager, kube-scheduler). Ends its
 * processes.
 */
public final class RealKubernetes implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final Path assets;
  private final List<Process> processes = new ArrayList<>();
  private final AtomicInteger namespaces = new AtomicInteger();
  private final int apiPort;

  /** Gives tests one Kubernetes for all test classes; skips them when there is none. */
  public static final class Extension implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace STORE =
        ExtensionContext.Namespace.create(RealKubernetes.class);

    @Override
    public void beforeAll(ExtensionContext context) {
      Assumptions.assumeTrue(
          folder("KUBEBUILDER_ASSETS").isPresent() && folder("KUBERNETES_BIN").isPresent(),
          "skipped: needs a real Kubernetes, set KUBEBUILDER_ASSETS (etcd, kube-apiserver, kubectl)"
              + " and KUBERNETES_BIN (kube-controller-manager, kube-scheduler)");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == RealKubernetes.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(STORE)
          .getOrComputeIfAbsent("kubernetes", _ -> start(), RealKubernetes.class);
    }
  }

  private static Optional<Path> folder(String variable) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(text -> !text.isBlank())
        .map(Path::of);
  }

  private RealKubernetes(Path folder, Path assets, int apiPort) {
    this.folder = folder;
    this.assets = assets;
    this.apiPort = apiPort;
  }

  /** Starts it; ready when the controller manager works. */
  public static RealKubernetes start() {
    var assets = folder("KUBEBUILDER_ASSETS").orElseThrow();
    var bin = folder("KUBERNETES_BIN").orElseThrow();
    RealKubernetes kubernetes = null;
    try {
      var ports = freePorts(5);
      var folder = Files.createTempDirectory("kubernetes");
      kubernetes = new RealKubernetes(folder, assets, ports.get(2));
      kubernetes.start(bin, ports);
      return kubernetes;
    } catch (IOException | GeneralSecurityException | RuntimeException | InterruptedException e) {
      if (kubernetes != null) {
        kubernetes.close();
      }
      throw new IllegalStateException("Kubernetes does not start: " + e.getMessage(), e);
    }
  }

  private void start(Path bin, List<Integer> ports)
      throws IOException, GeneralSecurityException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    writeFiles();
    var etcd = "http://127.0.0.1:" + ports.get(0);
    var peer = "http://127.0.0.1:" + ports.get(1);
    launch(
        "etcd",
        assets.resolve("etcd").toString(),
        "--name=default",
        "--data-dir=" + folder.resolve("etcd"),
        "--listen-client-urls=" + etcd,
        "--advertise-client-urls=" + etcd,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer,
        "--unsafe-no-fsync");
    launch(
        "api",
        assets.resolve("kube-apiserver").toString(),
        "--etcd-servers=" + etcd,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + apiPort,
        "--endpoint-reconciler-type=none",
        "--cert-dir=" + folder.resolve("certificates"),
        "--token-auth-file=" + folder.resolve("tokens.csv"),
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + folder.resolve("sa.pub"),
        "--service-account-signing-key-file=" + folder.resolve("sa.key"),
        "--audit-policy-file=" + folder.resolve("audit.yaml"),
        "--audit-log-path=" + audit(),
        "--profiling=false");
    await("the API server", () -> tryKubectl("get", "--raw=/readyz").isPresent());
    launch(
        "controllers",
        bin.resolve("kube-controller-manager").toString(),
        "--kubeconfig=" + kubeconfig("controllers"),
        "--authentication-kubeconfig=" + kubeconfig("controllers"),
        "--authorization-kubeconfig=" + kubeconfig("controllers"),
        "--bind-address=127.0.0.1",
        "--secure-port=" + ports.get(3),
        "--cert-dir=" + folder.resolve("controllers"),
        "--service-account-private-key-file=" + folder.resolve("sa.key"),
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--kube-api-qps=500",
        "--kube-api-burst=1000");
    launch(
        "scheduler",
        bin.resolve("kube-scheduler").toString(),
        "--kubeconfig=" + kubeconfig("scheduler"),
        "--authentication-kubeconfig=" + kubeconfig("scheduler"),
        "--authorization-kubeconfig=" + kubeconfig("scheduler"),
        "--bind-address=127.0.0.1",
        "--secure-port=" + ports.get(4),
        "--cert-dir=" + folder.resolve("scheduler"),
        "--leader-elect=false");
    await(
        "the controller manager",
        () -> tryKubectl("get", "serviceaccount", "default", "-n", "default").isPresent());
  }

  private void writeFiles() throws IOException, GeneralSecurityException {
    Files.writeString(
        folder.resolve("tokens.csv"),
        """
        admin-token,admin,admin,system:masters
        controllers-token,system:kube-controller-manager,kcm
        scheduler-token,system:kube-scheduler,scheduler
        """);
    for (var user : List.of("admin", "controllers", "scheduler")) {
      writeKubeconfig(folder.resolve(user + ".conf"), user + "-token", "default");
    }
    Files.writeString(
        folder.resolve("audit.yaml"),
        """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules: [{level: Metadata}]
        """);
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var pair = generator.generateKeyPair();
    pem("sa.key", "PRIVATE KEY", pair.getPrivate());
    pem("sa.pub", "PUBLIC KEY", pair.getPublic());
  }

  private void pem(String file, String title, Key key) throws IOException {
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + title + "-----\n" + text + "\n-----END " + title + "-----\n");
  }

  private void writeKubeconfig(Path file, String token, String namespace) throws IOException {
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters:
        - {name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}}
        users:
        - {name: u, user: {token: "%s"}}
        contexts:
        - {name: x, context: {cluster: c, user: u, namespace: "%s"}}
        current-context: x
        """
            .formatted(apiPort, folder.resolve("certificates/apiserver.crt"), token, namespace));
  }

  private Path kubeconfig(String user) {
    return folder.resolve(user + ".conf");
  }

  /** A kubeconfig of an administrator. */
  public Path kubeconfig() {
    return kubeconfig("admin");
  }

  /** A kubeconfig of a service account, with a fresh token. */
  public Path kubeconfigOf(String namespace, String serviceAccount) {
    try {
      var token = kubectl("create", "token", serviceAccount, "-n", namespace).strip();
      var file = Files.createTempFile(folder, serviceAccount, ".conf");
      writeKubeconfig(file, token, namespace);
      return file;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The API server's log of who did what, one JSON a line. */
  public Path audit() {
    return folder.resolve("audit.log");
  }

  /**
   * A new namespace, with its default service account. Its pods must satisfy the Pod security
   * standard {@code restricted}.
   */
  public String newNamespace() {
    var name = "ns-" + namespaces.incrementAndGet();
    apply(
        "test",
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
          labels: {pod-security.kubernetes.io/enforce: restricted}
        """
            .formatted(name));
    await(
        "the service account of " + name,
        () -> tryKubectl("get", "serviceaccount", "default", "-n", name).isPresent());
    return name;
  }

  /** Runs kubectl as administrator and returns what it prints. */
  public String kubectl(String... arguments) {
    var command = new ArrayList<String>();
    command.add(assets.resolve("kubectl").toString());
    command.add("--kubeconfig=" + kubeconfig());
    command.addAll(List.of(arguments));
    try {
      var output = Files.createTempFile(folder, "kubectl", ".out");
      var errors = Files.createTempFile(folder, "kubectl", ".err");
      var process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("kubectl does not end: " + command);
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(Files.readString(errors));
      }
      return Files.readString(output);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Optional<String> tryKubectl(String... arguments) {
    try {
      return Optional.of(kubectl(arguments));
    } catch (IllegalStateException _) {
      return Optional.empty();
    }
  }

  /** Applies a manifest with kubectl as another manager would. */
  public void apply(String manager, String manifest) {
    try {
      var file = Files.createTempFile(folder, "manifest", ".yaml");
      Files.writeString(file, manifest, UTF_8);
      kubectl(
          "apply",
          "--server-side",
          "--force-conflicts",
          "--field-manager=" + manager,
          "-f",
          file.toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void launch(String name, String... command) throws IOException {
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start());
  }

  private void await(String what, BooleanSupplier condition) {
    var deadline = Instant.now().plus(START_LIMIT);
    while (!condition.getAsBoolean()) {
      var dead = processes.stream().filter(process -> !process.isAlive()).findFirst();
      if (dead.isPresent() || Instant.now().isAfter(deadline)) {
        throw new IllegalStateException(
            what + " is not there; a process ended: " + dead.isPresent() + "; logs in " + folder);
      }
      Thread.onSpinWait();
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (var i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }

  private synchronized void end() {
    for (var process : processes.reversed()) {
      process.destroy();
    }
    for (var process : processes) {
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException _) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    processes.clear();
  }

  /** Ends the processes and removes their files. */
  @Override
  public void close() {
    end();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
