/**
 * Every name KodeDeploy gives to something in AWS, made here and nowhere else. Names are made,
 * never taken apart: what belongs where is said by tags.
 */
@NullMarked
package io.kodedeploy.cli.naming;

import org.jspecify.annotations.NullMarked;
