import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A runtime on the JVM's own HTTP client. It calls restore/next, as AWS's client does for SnapStart. */
public final class Client {
  private static final String API = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/";
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern SECONDS = Pattern.compile("\"seconds\":([0-9]+)");

  public static void main(String[] arguments) throws Exception {
    String init = drawn(), type = System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE");
    boolean isRestored = type.equals("snap-start") && HTTP.send(get("restore/next"), BodyHandlers.ofString()).statusCode() == 200;
    while (true) {
      HttpResponse<String> next = HTTP.send(get("invocation/next"), BodyHandlers.ofString());
      String id = next.headers().firstValue("Lambda-Runtime-Aws-Request-Id").orElseThrow();
      Matcher seconds = SECONDS.matcher(next.body());
      if (seconds.find()) Thread.sleep(1000L * Integer.parseInt(seconds.group(1)));
      String answer = String.format("{\"init\":\"%s\",\"now\":\"%s\",\"type\":\"%s\",\"restored\":%s}", init, drawn(), type, isRestored);
      URI response = URI.create(API + "invocation/" + id + "/response");
      HTTP.send(HttpRequest.newBuilder(response).POST(BodyPublishers.ofString(answer)).build(), BodyHandlers.discarding());
    }
  }

  private static HttpRequest get(String path) {
    return HttpRequest.newBuilder(URI.create(API + path)).build();
  }

  private static String drawn() {
    return Long.toHexString(RANDOM.nextLong());
  }
}
