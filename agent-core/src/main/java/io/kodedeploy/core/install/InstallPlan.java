package io.kodedeploy.core.install;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Everything an Install will do, in order.
 *
 * @param instructions what is done
 */
record InstallPlan(List<Instruction> instructions) {
  private static final JsonFactory JSON = new JsonFactory();

  InstallPlan {
    instructions = List.copyOf(instructions);
  }

  /**
   * Writes the informational instruction file (host-agent.md 9.3): compact, keys in a fixed order,
   * one instruction after the other, so that no plan is too long.
   */
  void write(Path file) throws IOException {
    var temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      try (var json =
          JSON.createGenerator(
              ObjectWriteContext.empty(),
              new BufferedOutputStream(Files.newOutputStream(temporary)))) {
        json.writeStartObject().writeName("instructions").writeStartArray();
        for (var instruction : instructions) {
          json.writeStartObject();
          write(json, instruction);
          json.writeEndObject();
        }
        json.writeEndArray().writeEndObject();
      } catch (JacksonIOException e) {
        throw e.getCause();
      }
      Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void write(JsonGenerator json, Instruction instruction) {
    switch (instruction) {
      case Instruction.MakeDirectory(var directory) -> {
        text(json, "type", "mkdir");
        text(json, "directory", directory.toString());
      }
      case Instruction.Copy(var source, var destination) -> {
        text(json, "type", "copy");
        text(json, "source", source.toString());
        text(json, "destination", destination.toString());
      }
      case Instruction.ChangeMode(var mode, var file) -> {
        text(json, "type", "chmod");
        text(json, "mode", mode);
        text(json, "file", file.toString());
      }
      case Instruction.SetAcl(var acl, var file) -> {
        text(json, "type", "setfacl");
        json.writeName("acl").writeStartArray();
        acl.forEach(entry -> json.writeString(entry.toString()));
        json.writeEndArray();
        text(json, "file", file.toString());
      }
      case Instruction.SetContext(var context, var file) -> {
        text(json, "type", "semanage");
        json.writeName("context").writeStartObject();
        text(json, "user", context.user().orElse(null));
        text(json, "role", null);
        text(json, "type", context.type());
        text(json, "range", context.range().orElse(null));
        json.writeEndObject();
        text(json, "file", file.toString());
      }
      case Instruction.ChangeOwner(var owner, var group, var file) -> {
        text(json, "type", "chown");
        text(json, "owner", owner.orElse(null));
        text(json, "group", group.orElse(null));
        text(json, "file", file.toString());
      }
    }
  }

  private static void text(JsonGenerator json, String key, @Nullable String value) {
    json.writeName(key);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value);
    }
  }
}
