package io.kodedeploy.cli.init;

/** When a host gets the tag by which deployment groups select it. */
enum TagTime {
  /** At once: deployments wait for it, whether its agent runs or not. */
  NOW,

  /** At its agent's first good poll, by the chart's membership Job. */
  LATER
}
