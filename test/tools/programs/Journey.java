import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The README's journey with nothing but the JDK: instants as java.time writes them (nanoseconds, no seconds where there
 * are none, "Z" or an offset), percentages as doubles, null for what is not set. Environment: BASE_URL, API_KEY.
 */
public class Journey {
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  record Part(int index, String amount, Double percentage, Object dueAt, Instant due) {
    String json() {
      return """
          {"milestoneIndex": %d, "description": null, "amount": "%s", "percentage": %s, "dueAt": %s, "metadata": null}"""
          .formatted(index, amount, percentage, dueAt == null ? null : "\"" + dueAt + "\"");
    }
  }

  public static void main(String[] arguments) throws Exception {
    String intentId = text(succeed("POST", "/v1/payment-intents", """
        {"amount": "1000.00", "currency": "USDC", "type": "DELIVERY_VS_PAYMENT", "settlementMethod": "OFF_RAMP_MOCK",
         "settlementDestination": "bank_account_123", "description": null, "deliveryPeriod": null, "autoRelease": null,
         "expectedDeliveryHash": null, "deliveryOracle": null, "metadata": {"releaseType": "MILESTONE_LOCKED"},
         "milestoneTerms": {"inspectionPeriodSeconds": null, "releaseBy": null, "onOverdue": null}}"""), "id");
    String at = "/v1/payment-intents/" + intentId;
    succeed("POST", at + "/confirm", "{\"signature\": null, \"payerAddress\": null}");

    Instant exact = Instant.now().plus(30, ChronoUnit.DAYS).plusNanos(123_456_789);
    OffsetDateTime minute = exact.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
    OffsetDateTime elsewhere = minute.withOffsetSameInstant(ZoneOffset.ofHoursMinutes(5, 30));
    DateTimeFormatter offset = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    expect("no seconds", minute.toString().length(), "2027-01-31T12:00Z".length());
    expect("an offset", offset.format(minute).endsWith(":00+00:00"), true);
    List<Part> parts = List.of(
        new Part(0, "333.33", 100.0 / 3, exact, exact),
        new Part(1, "333.33", 100.0 / 3, minute, minute.toInstant()),
        new Part(2, "100.00", 10.0, offset.format(minute), minute.toInstant()),
        new Part(3, "100.00", 5.0E-4, elsewhere, minute.toInstant()),
        new Part(4, "133.34", null, null, null));
    for (Part part : parts) {
      String milestone = at + "/escrow/milestones/"
          + text(succeed("POST", at + "/escrow/milestones", part.json()), "id");
      String completed = succeed("POST", milestone + "/complete",
          "{\"completedBy\": \"designer-12\", \"completionProof\": null, \"completionProofURI\": null}");
      expect("complete", text(completed, "object"), "milestone");
      String released = succeed("POST", milestone + "/release", "{\"releasedBy\": null, \"amount\": null}");
      expect("release", text(released, "status"), "RELEASED");
      if (part.index == 0) {
        HttpResponse<String> twice = call("POST", at + "/escrow/milestones", part.json());
        expect("duplicate", twice.statusCode() + " " + twice.headers().firstValue("Error-Reason").orElse(""),
            "400 milestone_index_taken");
      }
    }

    String list = succeed("GET", at + "/escrow/milestones", "");
    expect("amounts", all(list, "amount", "\"([^\"]*)\"").subList(0, parts.size()),
        parts.stream().map(Part::amount).toList());
    expect("percentages", all(list, "percentage", "([0-9.e-]+)").stream().map(Double::valueOf).toList(),
        parts.stream().map(Part::percentage).filter(percentage -> percentage != null).toList());
    expect("due dates", all(list, "dueAt", "\"([^\"]*)\"").stream().map(Instant::parse).toList(),
        parts.stream().map(Part::due).filter(due -> due != null)
            .map(due -> due.truncatedTo(ChronoUnit.SECONDS)).toList());
    String order = succeed("GET", at + "/escrow", "").replaceFirst("\"milestones\":\\[.*]", "");
    expect("order", text(order, "orderStatus") + " " + text(order, "releasedAmount"), "COMPLETED 1000.00");
  }

  static HttpResponse<String> call(String method, String path, String body) throws Exception {
    return CLIENT.send(HttpRequest.newBuilder(URI.create(System.getenv("BASE_URL") + path))
        .header("X-API-Key", System.getenv("API_KEY")).header("Content-Type", "application/json")
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  static String succeed(String method, String path, String body) throws Exception {
    HttpResponse<String> response = call(method, path, body);
    if (response.statusCode() != 200 && response.statusCode() != 201) {
      throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  /** Each value of a field, in the order of the text: the JDK reads no JSON. */
  static List<String> all(String json, String field, String value) {
    return Pattern.compile("\"" + field + "\":" + value).matcher(json).results().map(found -> found.group(1)).toList();
  }

  static String text(String json, String field) {
    return all(json, field, "\"([^\"]*)\"").get(0);
  }

  static void expect(String what, Object got, Object wanted) {
    if (!wanted.equals(got)) throw new AssertionError(what + ": " + got + " instead of " + wanted);
  }
}
