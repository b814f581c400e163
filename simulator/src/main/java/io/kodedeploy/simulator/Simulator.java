package io.kodedeploy.simulator;

import io.kodedeploy.simulator.admin.Administration;
import io.kodedeploy.simulator.autoscaling.AutoScaling;
import io.kodedeploy.simulator.autoscaling.AutoScalingGroups;
import io.kodedeploy.simulator.codedeploy.CodeDeployService;
import io.kodedeploy.simulator.commands.CommandService;
import io.kodedeploy.simulator.ec2.Ec2;
import io.kodedeploy.simulator.ec2.Instances;
import io.kodedeploy.simulator.elb.DeploymentTraffic;
import io.kodedeploy.simulator.elb.ElasticLoadBalancing;
import io.kodedeploy.simulator.elb.LoadBalancerRoutes;
import io.kodedeploy.simulator.iam.AccountIdentities;
import io.kodedeploy.simulator.kubernetes.InMemoryKubernetes;
import io.kodedeploy.simulator.s3.S3Service;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AdminRoutes;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Dispatcher;
import io.kodedeploy.simulator.wire.Faults;
import io.kodedeploy.simulator.wire.Front;
import io.kodedeploy.simulator.wire.RequestLog;
import io.kodedeploy.simulator.wire.Resettable;
import io.kodedeploy.simulator.wire.SeedCredentials;
import io.kodedeploy.simulator.world.ClusterRoutes;
import io.kodedeploy.simulator.world.Clusters;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A running AWS account. Many can live in one process; nothing is shared between them. Closing it
 * ends its listeners and threads.
 *
 * <p>The constructor is the wiring: a new service is created there and added to {@code services},
 * {@code state} (in the order of reset), {@code admin} and {@code closing}.
 */
public final class Simulator implements AutoCloseable {
  private final SimulatorSettings settings;
  private final SimulatorClock clock;
  private final Faults faults;
  private final Front front;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();

  private Simulator(SimulatorSettings settings) {
    this.settings = settings;
    this.clock =
        settings
            .manualClock()
            .<SimulatorClock>map(SimulatorClock::manual)
            .orElseGet(() -> SimulatorClock.paced(settings.timeScale()));
    closing.push(clock);
    var account = new Account(settings.account(), settings.region());
    faults = new Faults(clock::now);
    var calls = new RequestLog();
    var admin = new AdminRoutes();
    List<AwsService> services = new ArrayList<>();
    List<Resettable> state = new ArrayList<>();
    var identities = new AccountIdentities(account, clock);
    var credentials = new SeedCredentials(account.id(), settings.credentials()).or(identities);
    services.addAll(identities.services());
    var s3 = new S3Service(account);
    closing.push(s3);
    services.add(s3);

    var instances = new Instances(account, clock);
    var balancing = new ElasticLoadBalancing(account, clock, instances, settings.throttled());
    closing.push(balancing);
    var traffic = new DeploymentTraffic(balancing, account.region(), instances);
    var groups = new AutoScalingGroups(instances, traffic, clock);
    var clusters =
        new Clusters(
            new Clusters.Parts(
                account, clock, instances, groups, identities, new InMemoryKubernetes(clock)));
    closing.push(clusters);

    var codeDeploy = new CodeDeployService(account, clock, groups, traffic);
    services.add(codeDeploy);
    services.add(new CommandService(codeDeploy.commands(), codeDeploy.hosts(), account, clock));
    services.add(balancing);
    services.add(new AutoScaling(groups, clusters, account, clock));
    services.add(new Ec2(instances, account));
    state.addAll(List.of(codeDeploy, clusters, balancing, groups, instances, identities, s3));

    new ClusterRoutes(clusters).register(admin);
    new LoadBalancerRoutes(balancing).register(admin);
    new Administration(state, faults, calls, clock).register(admin);
    var dispatcher = new Dispatcher(services, credentials, clock, faults, calls);
    this.front = Front.start(settings.address(), settings.port(), dispatcher, admin);
    closing.push(front);
  }

  /**
   * Starts to listen.
   *
   * @throws RuntimeException if the port is taken
   */
  public static Simulator start(SimulatorSettings settings) {
    return new Simulator(settings);
  }

  /** Base address of every service, for {@code AWS_ENDPOINT_URL}. */
  public URI url() {
    return URI.create("http://" + settings.address() + ":" + front.port());
  }

  /** The time of this account. */
  public SimulatorClock clock() {
    return clock;
  }

  /** The trouble that is ordered, as by {@code /_simulator/faults}. */
  public Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        failure = failure == null ? new IllegalStateException("closing failed", e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
