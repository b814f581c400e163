package io.kodedeploy.simulator;

import io.kodedeploy.simulator.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls JSON services over the socket, signed by the AWS SDK's signer: an independent opinion. */
public final class SignedClient implements AutoCloseable {
  private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();
  private static final Set<String> SET_BY_CLIENT = Set.of("host", "content-length");

  /** An answer; the body is an empty object when there is none. */
  public record Answer(int status, ObjectNode body, int length) {
    /** Error code; empty for a success. */
    public String error() {
      return status == 200 ? "" : body.path("__type").asString("");
    }
  }

  private final URI url;
  private final AwsCredentialsIdentity credentials;
  private final HttpClient http;
  private final boolean ownsHttp;

  /** A client of one simulator with one key. */
  public SignedClient(URI url, AwsCredentialsIdentity credentials) {
    this(
        url,
        credentials,
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        true);
  }

  private SignedClient(
      URI url, AwsCredentialsIdentity credentials, HttpClient http, boolean ownsHttp) {
    this.url = url;
    this.credentials = credentials;
    this.http = http;
    this.ownsHttp = ownsHttp;
  }

  /** A client with another key on the same connections; closing this one ends both. */
  public SignedClient as(String accessKey, String secret) {
    return new SignedClient(url, AwsCredentialsIdentity.create(accessKey, secret), http, false);
  }

  /** The account's administrator. */
  public static SignedClient administrator(URI url) {
    return new SignedClient(url, AwsCredentialsIdentity.create("test", "test"));
  }

  /** Calls an operation of CodeDeploy. */
  public Answer codeDeploy(String operation, JsonNode body) throws InterruptedException {
    return call("codedeploy", "CodeDeploy_20141006." + operation, Json.write(body));
  }

  /** Calls an operation of the standard command service. */
  public Answer commands(String operation, JsonNode body) throws InterruptedException {
    return call(
        "codedeploy-commands", "CodeDeployCommandService_v20141006." + operation, Json.write(body));
  }

  /** Signs and sends a body to a target. */
  public Answer call(String service, String target, byte[] body) throws InterruptedException {
    return send(signed(service, target, body), body);
  }

  /** A signed request, for tests that spoil it before it is sent. */
  public SdkHttpRequest signed(String service, String target, byte[] body) {
    var request =
        SdkHttpRequest.builder()
            .uri(url.resolve("/"))
            .method(SdkHttpMethod.POST)
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("X-Amz-Target", target)
            .build();
    return SIGNER
        .sign(
            r ->
                r.identity(credentials)
                    .request(request)
                    .payload(ContentStreamProvider.fromByteArray(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, "us-west-2"))
        .request();
  }

  /** Sends a request that was signed before. */
  public Answer send(SdkHttpRequest signed, byte[] body) throws InterruptedException {
    var builder =
        HttpRequest.newBuilder(signed.getUri())
            .method("POST", HttpRequest.BodyPublishers.ofByteArray(body));
    new TreeMap<>(signed.headers())
        .forEach(
            (name, values) -> {
              if (!SET_BY_CLIENT.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(v -> builder.header(name, v));
              }
            });
    return send(builder.build());
  }

  /** Calls the administration. */
  public Answer administration(String method, String path, JsonNode body)
      throws InterruptedException {
    return send(
        HttpRequest.newBuilder(url.resolve("/_simulator" + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
            .build());
  }

  private Answer send(HttpRequest request) throws InterruptedException {
    try {
      var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      var text = response.body();
      var list = text.length > 0 && text[0] == '[';
      var body = list ? Json.object() : Json.parseObject(text);
      return new Answer(response.statusCode(), body, text.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Members of a list as strings. */
  public static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::stringValue).toList();
  }

  @Override
  public void close() {
    if (ownsHttp) {
      http.shutdownNow();
      http.close();
    }
  }
}
