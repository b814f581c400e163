package io.kodedeploy.cli.options;

import io.kodedeploy.cli.console.Spans;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 90s} or {@code 5m} from the command line. */
public final class SpanConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String value) {
    try {
      return Spans.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
