package io.kodedeploy.core.config;

/**
 * What the environment of a hook script may hold (host-agent.md 14.5).
 *
 * @param stripLoader {@code strip_loader_env_in_hooks}, true: no variable of the dynamic loader
 *     ({@code LD_*}) reaches a script
 * @param allowlist {@code restrict_hook_env_to_allowlist}, false: true leaves of the agent's
 *     environment only {@code PATH}, {@code HOME}, {@code USER}, {@code LOGNAME}, {@code SHELL},
 *     {@code TERM}, {@code TZ}, {@code TMPDIR}, the language, the proxy and {@code AWS_REGION},
 *     {@code AWS_DEFAULT_REGION}, {@code AWS_HOST_IDENTIFIER}
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
