package io.kodedeploy.core.observe;

import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;

/**
 * Helidon without its look around: by default the first thing built fills a registry with every
 * service of the class path, configuration sources included, which costs an idle agent about ten
 * mebibytes and opens every jar. All that is used here is named in code.
 */
final class LeanHelidon {
  private LeanHelidon() {}

  /** Once a process, before the first server; a registry that is already there stays. */
  static synchronized void prepare() {
    if (!GlobalServiceRegistry.configured()) {
      System.setProperty("io.helidon.metadata.mode", "none"); // no look for feature descriptions
      var nothing =
          ServiceRegistryConfig.builder()
              .discoverServices(false)
              .discoverServicesFromServiceLoader(false)
              .build();
      GlobalServiceRegistry.registry(ServiceRegistryManager.create(nothing).registry());
    }
  }
}
