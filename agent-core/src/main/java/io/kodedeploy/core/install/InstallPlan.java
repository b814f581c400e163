package io.kodedeploy.core.install;

import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.spec.AclEntry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything an Install will do, in order.
 *
 * @param instructions what is done
 */
record InstallPlan(List<Instruction> instructions) {
  InstallPlan {
    instructions = List.copyOf(instructions);
  }

  /** The informational instruction file (host-agent.md 9.3), compact, keys in a fixed order. */
  String json() {
    var document = Json.object();
    var list = document.putArray("instructions");
    for (var instruction : instructions) {
      add(list, instruction);
    }
    return Json.write(document);
  }

  private static void add(ArrayNode list, Instruction instruction) {
    var node = list.addObject();
    switch (instruction) {
      case Instruction.MakeDirectory(var directory) ->
          node.put("type", "mkdir").put("directory", directory.toString());
      case Instruction.Copy(var source, var destination) ->
          node.put("type", "copy")
              .put("source", source.toString())
              .put("destination", destination.toString());
      case Instruction.ChangeMode(var mode, var file) ->
          node.put("type", "chmod").put("mode", mode).put("file", file.toString());
      case Instruction.SetAcl(var acl, var file) -> {
        var entries = node.put("type", "setfacl").putArray("acl");
        acl.stream().map(AclEntry::toString).forEach(entries::add);
        node.put("file", file.toString());
      }
      case Instruction.SetContext(var context, var file) -> {
        var label = node.put("type", "semanage").putObject("context");
        put(label, "user", context.user());
        label.putNull("role");
        label.put("type", context.type());
        put(label, "range", context.range());
        node.put("file", file.toString());
      }
      case Instruction.ChangeOwner(var owner, var group, var file) -> {
        put(node.put("type", "chown"), "owner", owner);
        put(node, "group", group);
        node.put("file", file.toString());
      }
    }
  }

  private static void put(ObjectNode node, String key, Optional<String> value) {
    @Nullable String text = value.orElse(null);
    node.put(key, text);
  }
}
