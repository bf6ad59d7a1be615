// The README's journey with a client that oapi-codegen generated. Environment: BASE_URL, API_KEY.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"example.com/journeys/oapi"
)

func main() {
	ctx := context.Background()
	client, err := oapi.NewClientWithResponses(os.Getenv("BASE_URL"), oapi.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("X-API-Key", os.Getenv("API_KEY"))
			return nil
		}))
	must(err)

	var releaseType oapi.CreatePaymentIntentRequest_Metadata_AdditionalProperties
	must(releaseType.FromCreatePaymentIntentRequestMetadata0("MILESTONE_LOCKED"))
	intent, err := client.CreatePaymentIntentWithResponse(ctx, nil, oapi.CreatePaymentIntentRequest{
		Amount: "1000.00", Currency: "USDC", Type: "DELIVERY_VS_PAYMENT",
		SettlementMethod: "OFF_RAMP_MOCK", SettlementDestination: "bank_account_123",
		Metadata: &map[string]oapi.CreatePaymentIntentRequest_Metadata_AdditionalProperties{"releaseType": releaseType},
	})
	must(err)
	id := intent.JSON201.Id
	confirmed, err := client.ConfirmPaymentIntentWithResponse(ctx, id, nil, oapi.ConfirmPaymentIntentRequest{})
	must(err)
	expect("confirm", confirmed.StatusCode(), 200)

	percentage := 33.3
	first, err := client.CreateMilestoneWithResponse(ctx, id, nil,
		oapi.CreateMilestoneRequest{MilestoneIndex: 0, Amount: "333.00", Percentage: &percentage})
	must(err)
	expect("percentage", *first.JSON201.Data.Percentage, 33.3)
	completed, err := client.CompleteMilestoneWithResponse(ctx, id, first.JSON201.Id, nil,
		oapi.CompleteMilestoneRequest{CompletedBy: "designer-12"})
	must(err)
	expect("complete", string(completed.JSON200.Status), "completed")
	released, err := client.ReleaseMilestoneWithResponse(ctx, id, first.JSON201.Id, nil, oapi.ReleaseMilestoneRequest{})
	must(err)
	expect("release", string(released.JSON200.Data.Status), "RELEASED")
	order, err := client.GetEscrowOrderWithResponse(ctx, id)
	must(err)
	expect("order", order.JSON200.Data.ReleasedAmount, "333.00")

	twice, err := client.CreateMilestoneWithResponse(ctx, id, nil,
		oapi.CreateMilestoneRequest{MilestoneIndex: 0, Amount: "1.00"})
	must(err)
	expect("refusal", twice.HTTPResponse.Header.Get("Error-Reason"), "milestone_index_taken")
	expect("refusal's type", string(twice.JSON400.Error.Type), "invalid_request_error")

	// Out of turn: a command instead of a milestone.
	lenient := "handling=lenient"
	held, err := client.CreateMilestoneWithResponse(ctx, id, &oapi.CreateMilestoneParams{Prefer: &lenient},
		oapi.CreateMilestoneRequest{MilestoneIndex: 2, Amount: "100.00"})
	must(err)
	expect("out of turn", string(held.JSON202.Data.Status), "HELD")
	_, err = client.CreateMilestoneWithResponse(ctx, id, nil,
		oapi.CreateMilestoneRequest{MilestoneIndex: 1, Amount: "100.00"})
	must(err)
	command, err := client.GetCommandWithResponse(ctx, held.JSON202.Id)
	must(err)
	expect("its turn", string(command.JSON200.Data.Status), "ACCEPTED")

	limit := "2"
	page, err := client.ListMilestonesWithResponse(ctx, id, &oapi.ListMilestonesParams{Limit: &limit})
	must(err)
	expect("page", fmt.Sprint(len(page.JSON200.Data), page.JSON200.HasMore), "2 true")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func expect[Value comparable](what string, got, wanted Value) {
	if got != wanted {
		panic(fmt.Sprintf("%s: %v instead of %v", what, got, wanted))
	}
}
