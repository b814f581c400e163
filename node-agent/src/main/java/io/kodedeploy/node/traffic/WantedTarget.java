package io.kodedeploy.node.traffic;

/**
 * A target group a node should serve.
 *
 * @param group which target group
 * @param port on which port of the node
 * @param origin where that is written, for error messages: a key path of the AppSpec or the
 *     deployment group
 */
public record WantedTarget(TargetGroupRef group, TargetPort port, String origin) {}
