/**
 * {@code kode demo}: the whole system on one machine. Everything runs as a process of its own and
 * is spoken to over sockets; no class of an agent or of the simulator is used here.
 */
@NullMarked
package io.kodedeploy.cli.demo;

import org.jspecify.annotations.NullMarked;
