package io.kodedeploy.core.command;

import io.kodedeploy.core.bundle.BundleDownload;
import io.kodedeploy.core.bundle.ProxyRules;
import io.kodedeploy.core.bundle.S3Settings;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.install.Installer;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;

/**
 * DownloadBundle and Install by the packages {@code bundle} and {@code install}; clients are made
 * on first use.
 */
final class BundleEvents implements BuiltInEvents {
  private final BundleDownload download;
  private final Installer installer;

  private final boolean elsewhere;

  private BundleEvents(BundleDownload download, Installer installer, boolean elsewhere) {
    this.elsewhere = elsewhere;
    this.download = download;
    this.installer = installer;
  }

  static BundleEvents of(HostSettings settings, HostIdentity identity, DeploymentPaths paths) {
    var agent = settings.agent();
    var s3 =
        new S3Settings(
            identity.region(),
            agent.s3Endpoint(),
            agent.fips(),
            ProxyRules.of(agent.proxy(), settings.environment()),
            agent.readTimeout());
    return new BundleEvents(
        BundleDownload.of(
            paths,
            agent.maxRevisions(),
            agent.archiveReuse(),
            agent.bundleRules(),
            s3,
            identity.credentials()),
        new Installer(paths, settings.environment(), agent.bundleRules()),
        settings.elsewhere().isPresent());
  }

  @Override
  public String downloadBundle(DeploymentSpec spec) throws InterruptedException {
    return download.run(spec);
  }

  @Override
  public void install(DeploymentSpec spec) throws InterruptedException {
    if (elsewhere) {
      installer.leaveToScripts(spec);
    } else {
      installer.run(spec);
    }
  }

  @Override
  public void close() {
    download.close();
  }
}
