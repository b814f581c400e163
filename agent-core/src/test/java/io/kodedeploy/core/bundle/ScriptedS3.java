package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** S3 below the SDK: answers in order and remembers where each request would have gone. */
final class ScriptedS3 implements SdkHttpClient {
  private final Deque<SdkHttpResponse> answers = new ArrayDeque<>();
  private final Deque<byte[]> bodies = new ArrayDeque<>();
  private final List<SdkHttpRequest> requests = new ArrayList<>();

  void answer(int status, Map<String, String> headers, byte[] body) {
    var all = new HashMap<>(headers);
    all.put("Content-Length", Integer.toString(body.length));
    add(status, all, body);
  }

  void answerOfUnknownLength(Map<String, String> headers, byte[] body) {
    add(200, headers, body);
  }

  private void add(int status, Map<String, String> headers, byte[] body) {
    var answer = SdkHttpResponse.builder().statusCode(status);
    headers.forEach(answer::putHeader);
    answers.add(answer.build());
    bodies.add(body);
  }

  List<SdkHttpRequest> requests() {
    return requests;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        requests.add(request.httpRequest());
        if (answers.isEmpty()) {
          throw new IOException("no answer was scripted");
        }
        return HttpExecuteResponse.builder()
            .response(answers.remove())
            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bodies.remove())))
            .build();
      }

      @Override
      public void abort() {}
    };
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Override
  public void close() {}
}
