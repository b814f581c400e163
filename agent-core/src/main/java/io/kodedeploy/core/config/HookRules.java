package io.kodedeploy.core.config;

/**
 * What the environment of a hook script may hold (host-agent.md 14.5).
 *
 * @param stripLoader {@code strip_loader_env_in_hooks}, true: no variable of the dynamic loader
 *     ({@code LD_*}) reaches a script
 * @param allowlist {@code restrict_hook_env_to_allowlist}, false: true leaves only what a script
 *     needs of the agent's environment
 */
public record HookRules(boolean stripLoader, boolean allowlist) {
  /** What holds when nothing is said. */
  public static final HookRules DEFAULTS = new HookRules(true, false);

  static HookRules of(OfficialValues values) {
    return new HookRules(
        values.flag("strip_loader_env_in_hooks", DEFAULTS.stripLoader),
        values.flag("restrict_hook_env_to_allowlist", DEFAULTS.allowlist));
  }
}
