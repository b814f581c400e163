package io.kodedeploy.namespace.manifest;

import tools.jackson.databind.JsonNode;

/**
 * One document of a file.
 *
 * @param line where it begins, counted from one
 * @param json its content
 */
record YamlDocument(int line, JsonNode json) {}
