package io.kodedeploy.core.conformance;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The tests of a module as their sources show them. An id counts where it is bound to something
 * that runs: in or above a test method, above a test class, or in a text that such a class uses.
 * Only classes that Surefire or Failsafe run are looked at; disabled tests do not exist.
 */
final class TestSources {
  private static final Pattern ID = Pattern.compile("HA-\\d{3}");

  /** The calls that run every case of a file. */
  private static final Set<String> READERS = Set.of("Cases.of", "ConformanceCase.of");

  private static final Set<String> TESTS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "Property", "Example");

  /** An id and the test that names it: {@code Class#method}, or the class alone. */
  record Proof(String id, String test) {}

  /** The simple name of a test class and a case file whose cases it runs. */
  record Reader(String test, String file) {}

  private final Set<String> methods = new TreeSet<>();
  private final Set<Proof> proofs = new java.util.LinkedHashSet<>();
  private final Set<Reader> readers = new java.util.LinkedHashSet<>();

  /** Reads every test class below that folder; nothing when the folder is not there. */
  static TestSources of(Path folder) throws IOException {
    var sources = new TestSources();
    if (Files.isDirectory(folder)) {
      try (var files = Files.walk(folder)) {
        sources.read(
            files
                .filter(f -> f.getFileName().toString().matches(".*(Test|IT)\\.java"))
                .sorted()
                .toList());
      }
    }
    return sources;
  }

  /** Full name and method of every test. */
  Set<String> methods() {
    return methods;
  }

  Set<Proof> proofs() {
    return proofs;
  }

  Set<Reader> readers() {
    return readers;
  }

  private void read(List<Path> files) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      var trees = DocTrees.instance(task);
      for (var unit : task.parse()) {
        new Scanner(trees, unit, unit.getSourceFile().getCharContent(true).toString())
            .scan(unit, null);
      }
    }
  }

  /** Walks through one file. */
  private final class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees trees;
    private final CompilationUnitTree unit;
    private final String text;
    private String type = "";

    Scanner(DocTrees trees, CompilationUnitTree unit, String text) {
      this.trees = trees;
      this.unit = unit;
      this.text = text;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void none) {
      var outer = type;
      type = outer.isEmpty() ? tree.getSimpleName().toString() : outer + "." + tree.getSimpleName();
      if (!annotated(tree.getModifiers(), Set.of("Disabled"))) {
        note(comment() + tree.getModifiers(), type);
        super.visitClass(tree, null);
      }
      type = outer;
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, @Nullable Void none) {
      if (annotated(tree.getModifiers(), Set.of("Disabled"))) {
        return null;
      }
      if (!annotated(tree.getModifiers(), TESTS)) {
        return super.visitMethod(tree, null);
      }
      methods.add(unit.getPackageName() + "." + type + "#" + tree.getName());
      var positions = trees.getSourcePositions();
      note(
          comment()
              + text.substring(
                  (int) positions.getStartPosition(unit, tree),
                  (int) positions.getEndPosition(unit, tree)),
          type + "#" + tree.getName());
      return super.visitMethod(tree, null);
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void none) {
      if (READERS.contains(tree.getMethodSelect().toString())
          && tree.getArguments().getFirst() instanceof LiteralTree file) {
        readers.add(new Reader(type, String.valueOf(file.getValue())));
      }
      return super.visitMethodInvocation(tree, null);
    }

    @Override
    public @Nullable Void visitLiteral(LiteralTree tree, @Nullable Void none) {
      if (tree.getValue() instanceof String value) {
        if (!inTest()) {
          note(value, type);
        }
      }
      return null;
    }

    private boolean inTest() {
      for (TreePath path = getCurrentPath(); path != null; path = path.getParentPath()) {
        if (path.getLeaf() instanceof MethodTree method) {
          return annotated(method.getModifiers(), TESTS);
        }
      }
      return false;
    }

    private String comment() {
      var comment = trees.getDocComment(getCurrentPath());
      return comment == null ? "" : comment;
    }

    private void note(String where, String test) {
      ID.matcher(where).results().forEach(id -> proofs.add(new Proof(id.group(), test)));
    }

    private static boolean annotated(ModifiersTree modifiers, Set<String> names) {
      return modifiers.getAnnotations().stream()
          .map(AnnotationTree::getAnnotationType)
          .map(Object::toString)
          .map(name -> name.substring(name.lastIndexOf('.') + 1))
          .anyMatch(names::contains);
    }
  }
}
