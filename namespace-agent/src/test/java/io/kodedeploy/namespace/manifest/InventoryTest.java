package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryTest {
  private static final ApplyTarget TARGET = new ApplyTarget("web", "shop", false);

  private static final ObjectKey A = ObjectKey.of("v1", "ConfigMap", "shop", "a");
  private static final ObjectKey B = ObjectKey.of("apps/v1", "Deployment", "shop", "b");

  private static Inventory inventory() {
    var objects =
        ManifestReader.read(
            List.of(
                new ManifestFile(
                    "a.yaml",
                    """
                    {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
                    ---
                    {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
                    """)),
            "shop");
    var plan =
        ApplyPlan.of(
            objects,
            TARGET,
            (_, kind) -> Optional.of(new ResourceType("", "v1", kind, kind, true)));
    return Inventory.empty("web").with(plan.objects());
  }

  @Test
  void survivesItsOwnText() {
    assertThat(Inventory.parse(inventory().text(), "shop")).contains(inventory());
  }

  @Test
  void keepsTheMarksOfObjectsThatAreClaimedAgainAndOfTheClusterToo() {
    var mark = new ObjectMark("d", "s");
    var wide = ObjectKey.of("apps/v1", "Wide", "", "w");
    var marked = inventory().marked(Map.of(A, mark, wide, mark));

    assertThat(marked.mark(A)).isEqualTo(mark);
    assertThat(marked.mark(wide)).isEqualTo(ObjectMark.UNKNOWN);
    assertThat(marked.mark(B)).isEqualTo(ObjectMark.UNKNOWN);
    var all = new TreeMap<>(marked.entries());
    all.put(wide, new InventoryEntry("apps/v1", wide, mark));
    var inventory = new Inventory("web", all);
    assertThat(Inventory.parse(inventory.text(), "shop")).contains(inventory);
  }

  @Test
  void prunesWhatIsNoLongerWanted() {
    assertThat(inventory().absentFrom(Set.of(A)))
        .extracting(InventoryEntry::key)
        .containsExactly(B);
    assertThat(inventory().without(Set.of(B)).entries()).containsOnlyKeys(A);
  }

  @Test
  void neverPrunesForAnEmptySet() {
    assertThatThrownBy(() -> inventory().absentFrom(Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sameObjectInAnotherVersionOfItsApiIsTheSame() {
    assertThat(ObjectKey.of("apps/v1beta1", "Deployment", "shop", "b")).isEqualTo(B);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"schema\":2,\"application\":\"web\",\"objects\":[]}",
        "{\"schema\":1,\"objects\":[]}",
        "{\"schema\":1,\"application\":\"web\",\"objects\":[{\"kind\":\"Pod\"}]}"
      })
  void damagedTextIsNoInventory(String text) {
    assertThat(Inventory.parse(text, "shop")).isEmpty();
  }
}
