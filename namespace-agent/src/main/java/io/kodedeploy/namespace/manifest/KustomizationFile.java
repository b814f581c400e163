package io.kodedeploy.namespace.manifest;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** The part of a kustomization that names other folders and files. */
public final class KustomizationFile {
  /** Lists of paths, of which some may be folders or addresses elsewhere. */
  private static final List<String> LISTS =
      List.of(
          "resources",
          "bases",
          "components",
          "configurations",
          "crds",
          "generators",
          "transformers",
          "validators");

  private KustomizationFile() {}

  /**
   * What it takes from elsewhere: paths as written. Objects written in place are left out.
   *
   * @throws AgentException {@code manifest-invalid} when it is not YAML, or would run a program
   */
  public static List<String> sources(String name, String text) {
    var sources = new ArrayList<String>();
    try {
      for (var document : YamlReader.read(text)) {
        if (document.json().has("helmCharts")
            || document.json().has("helmChartInflationGenerator")) {
          throw invalid(
              name
                  + ":"
                  + document.line()
                  + ": helmCharts: charts are not rendered here: use a"
                  + " hook or run step with helm");
        }
        for (var list : LISTS) {
          for (var item : document.json().path(list)) {
            if (item.isString() && item.asString().indexOf('\n') < 0) {
              sources.add(item.asString());
            }
          }
        }
        var openApi = document.json().path("openapi").path("path").asString("");
        if (!openApi.isEmpty()) {
          sources.add(openApi);
        }
      }
    } catch (ManifestSyntaxException e) {
      throw invalid(name + ":" + e.line() + ": " + e.getMessage());
    }
    return sources;
  }

  private static AgentException invalid(String message) {
    return new AgentException(ErrorCode.MANIFEST_INVALID, message);
  }
}
