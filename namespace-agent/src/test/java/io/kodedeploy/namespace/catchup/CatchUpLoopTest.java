package io.kodedeploy.namespace.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.catchup.CatchUpLoop.RoundResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatchUpLoopTest {
  private static final RoundResult PARITY = new RoundResult(true, false);

  private final LinkedBlockingQueue<Integer> rounds = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Duration> parities = new LinkedBlockingQueue<>();
  private final List<String> problems = new ArrayList<>();
  private final CountDownLatch saved = new CountDownLatch(1);
  private CatchUpLoop loop;
  private Thread thread;
  private int count;

  private void start(CatchUpLoop.Round round) {
    loop =
        new CatchUpLoop(
            () -> {
              rounds.add(++count);
              return round.run();
            },
            saved::countDown,
            Duration.ofHours(1),
            new CatchUpLoop.Listener() {
              @Override
              public void parity(Duration elapsed) {
                parities.add(elapsed);
              }

              @Override
              public void problem(String reason) {
                problems.add(reason);
              }
            },
            System::nanoTime,
            () -> 0.5);
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    loop.run();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  @AfterEach
  void stop() throws InterruptedException {
    loop.stop();
    assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
  }

  private void awaitRound(int number) throws InterruptedException {
    assertThat(rounds.poll(20, TimeUnit.SECONDS)).isEqualTo(number);
  }

  @Test
  void looksAtOnceAndAgainWhenTheConnectionIsBack() throws Exception {
    start(() -> PARITY);
    awaitRound(1);
    assertThat(parities.poll(10, TimeUnit.SECONDS)).isNotNull();

    loop.connected();

    awaitRound(2);
    assertThat(parities.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void deploymentOfTheServiceIsLookedAtButIsNoCatchUp() throws Exception {
    start(() -> PARITY);
    awaitRound(1);
    assertThat(parities.poll(10, TimeUnit.SECONDS)).isNotNull();

    loop.deployed();

    awaitRound(2);
    assertThat(parities.poll(200, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void savesTheRecordWithoutARound() throws Exception {
    start(() -> PARITY);
    awaitRound(1);

    loop.askToSave();

    assertThat(saved.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(rounds).isEmpty();
  }

  @Test
  void triesAgainSoonWhenItCannotLookAndSaysWhy() throws Exception {
    start(
        () -> {
          if (count == 1) {
            throw new AgentException(ErrorCode.SERVICE_UNREACHABLE, "nobody there");
          }
          return PARITY;
        });

    awaitRound(1);
    awaitRound(2);

    assertThat(parities.poll(10, TimeUnit.SECONDS)).isGreaterThan(Duration.ofSeconds(4));
    assertThat(problems.getFirst()).contains("nobody there");
  }
}
