import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.CommandsApi;
import org.openapitools.client.api.EscrowOrdersApi;
import org.openapitools.client.api.MilestonesApi;
import org.openapitools.client.api.PaymentIntentsApi;
import org.openapitools.client.model.*;

/** The README's journey with a client that openapi-generator generated. Environment: BASE_URL, API_KEY. */
public class Journey {
  /** A 202 where the generated method promises something else: the command waits, or its outcome is not known yet. */
  static class Accepted extends RuntimeException {
    final String commandId;

    Accepted(String commandId) {
      super("Command " + commandId + " is not carried out yet");
      this.commandId = commandId;
    }
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("BASE_URL"));
    client.setRequestInterceptor(request -> request.header("X-API-Key", System.getenv("API_KEY")));
    client.setResponseInterceptor(response -> {
      response.headers().firstValue("Command-Id").filter(id -> response.statusCode() == 202).ifPresent(id -> {
        throw new Accepted(id);
      });
    });
    MilestonesApi milestones = new MilestonesApi(client);

    String id = new PaymentIntentsApi(client).createPaymentIntent(new CreatePaymentIntentRequest()
        .amount("1000.00").currency(Currency.USDC).type(PaymentIntentType.DELIVERY_VS_PAYMENT)
        .settlementMethod(SettlementMethod.OFF_RAMP_MOCK).settlementDestination("bank_account_123")
        .metadata(Map.of("releaseType", new CreatePaymentIntentRequestMetadataValue("MILESTONE_LOCKED"))), null).getId();
    new PaymentIntentsApi(client).confirmPaymentIntent(id, null, new ConfirmPaymentIntentRequest());

    Milestone first = milestones.createMilestone(id,
        new CreateMilestoneRequest().milestoneIndex(0).amount("333.00").percentage(33.3), null, null);
    expect("percentage", first.getData().getPercentage().doubleValue(), 33.3);
    expect("complete", milestones.completeMilestone(id, first.getId(),
        new CompleteMilestoneRequest().completedBy("designer-12"), null, null).getStatus().getValue(), "completed");
    expect("release", milestones.releaseMilestone(id, first.getId(), null, null, new ReleaseMilestoneRequest())
        .getData().getStatus(), MilestoneStatus.RELEASED);
    expect("order", new EscrowOrdersApi(client).getEscrowOrder(id).getData().getReleasedAmount(), "333.00");

    try {
      milestones.createMilestone(id, new CreateMilestoneRequest().milestoneIndex(0).amount("1.00"), null, null);
      throw new AssertionError("a duplicate was not refused");
    } catch (ApiException refused) {
      expect("refusal", refused.getResponseHeaders().firstValue("Error-Reason").get(), "milestone_index_taken");
    }

    String commandId = null;
    try {
      milestones.createMilestone(id, new CreateMilestoneRequest().milestoneIndex(2).amount("100.00"), null, "handling=lenient");
      throw new AssertionError("out of turn, but not held");
    } catch (Accepted accepted) {
      commandId = accepted.commandId;
    }
    milestones.createMilestone(id, new CreateMilestoneRequest().milestoneIndex(1).amount("100.00"), null, null);
    expect("its turn", new CommandsApi(client).getCommand(commandId).getData().getStatus(), CommandStatus.ACCEPTED);

    MilestoneList page = milestones.listMilestones(id, "2", null, null);
    expect("page", page.getData().size() + " " + page.getHasMore(), "2 true");
  }

  static void expect(String what, Object got, Object wanted) {
    if (!wanted.equals(got)) throw new AssertionError(what + ": " + got + " instead of " + wanted);
  }
}
