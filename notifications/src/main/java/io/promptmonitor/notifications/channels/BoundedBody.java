package io.promptmonitor.notifications.channels;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Reads the beginning of an answer's body as UTF-8, and hangs up when that is enough. */
final class BoundedBody implements BodySubscriber<String> {

  private static final int MAX_BYTES = 1024;

  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  @Override
  public CompletionStage<String> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    newSubscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] chunk = new byte[Math.min(buffer.remaining(), MAX_BYTES - bytes.size())];
      buffer.get(chunk);
      bytes.writeBytes(chunk);
    }
    if (subscription != null) {
      if (bytes.size() < MAX_BYTES) {
        subscription.request(1);
      } else {
        subscription.cancel();
        complete();
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    // The status is there, and says more than the body that is not.
    complete();
  }

  @Override
  public void onComplete() {
    complete();
  }

  private void complete() {
    body.complete(bytes.toString(StandardCharsets.UTF_8).strip());
  }
}
