// The README's journey with a client that ogen generated. Environment: BASE_URL, API_KEY.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ogen-go/ogen/ogenerrors"

	"example.com/journeys/ogen"
)

type key struct{}

func (key) HeaderKey(context.Context, ogen.OperationName) (ogen.HeaderKey, error) {
	return ogen.HeaderKey{APIKey: os.Getenv("API_KEY")}, nil
}

// One of the two schemes is enough.
func (key) Bearer(context.Context, ogen.OperationName) (ogen.Bearer, error) {
	return ogen.Bearer{}, ogenerrors.ErrSkipClientSecurity
}

func main() {
	ctx := context.Background()
	client, err := ogen.NewClient(os.Getenv("BASE_URL"), key{})
	must(err)

	metadata := ogen.CreatePaymentIntentRequestMetadata{
		"releaseType": ogen.NewStringCreatePaymentIntentRequestMetadataItem("MILESTONE_LOCKED"),
	}
	intent := as[*ogen.PaymentIntentHeaders](client.CreatePaymentIntent(ctx, &ogen.CreatePaymentIntentRequest{
		Amount: "1000.00", Currency: ogen.CurrencyUSDC, Type: ogen.PaymentIntentTypeDELIVERYVSPAYMENT,
		SettlementMethod: ogen.SettlementMethodOFFRAMPMOCK, SettlementDestination: "bank_account_123",
		Metadata: ogen.NewOptCreatePaymentIntentRequestMetadata(metadata),
	}, ogen.CreatePaymentIntentParams{}))
	id := intent.Response.ID
	_, err = client.ConfirmPaymentIntent(ctx, ogen.OptConfirmPaymentIntentRequest{}, ogen.ConfirmPaymentIntentParams{IntentId: id})
	must(err)

	of := ogen.CreateMilestoneParams{IntentId: id}
	first := as[*ogen.MilestoneHeaders](client.CreateMilestone(ctx, &ogen.CreateMilestoneRequest{
		MilestoneIndex: 0, Amount: "333.00", Percentage: ogen.NewOptNilFloat64(33.3)}, of)).Response
	expect("percentage", first.Data.Percentage.Value, 33.3)
	completed := as[*ogen.MilestoneCompletionHeaders](client.CompleteMilestone(ctx,
		&ogen.CompleteMilestoneRequest{CompletedBy: "designer-12"},
		ogen.CompleteMilestoneParams{IntentId: id, MilestoneId: first.ID}))
	expect("complete", string(completed.Response.Status), "completed")
	released := as[*ogen.AmendMilestoneOKHeaders](client.ReleaseMilestone(ctx, ogen.OptReleaseMilestoneRequest{},
		ogen.ReleaseMilestoneParams{IntentId: id, MilestoneId: first.ID}))
	expect("release", released.Response.Data.Status, ogen.MilestoneStatusRELEASED)
	order := as[*ogen.EscrowOrderHeaders](client.GetEscrowOrder(ctx, ogen.GetEscrowOrderParams{IntentId: id}))
	expect("order", string(order.Response.Data.ReleasedAmount), "333.00")

	twice := as[*ogen.CreateMilestoneBadRequest](client.CreateMilestone(ctx,
		&ogen.CreateMilestoneRequest{MilestoneIndex: 0, Amount: "1.00"}, of))
	expect("refusal", twice.ErrorReason.Value, "milestone_index_taken")

	// Out of turn: a command instead of a milestone.
	lenient := of
	lenient.Prefer = ogen.NewOptString("handling=lenient")
	held := as[*ogen.CommandAcceptedHeaders](client.CreateMilestone(ctx,
		&ogen.CreateMilestoneRequest{MilestoneIndex: 2, Amount: "100.00"}, lenient)).Response
	expect("out of turn", held.Data.Status, ogen.CommandStatusHELD)
	as[*ogen.MilestoneHeaders](client.CreateMilestone(ctx,
		&ogen.CreateMilestoneRequest{MilestoneIndex: 1, Amount: "100.00"}, of))
	command := as[*ogen.CommandHeaders](client.GetCommand(ctx, ogen.GetCommandParams{CommandId: held.ID}))
	expect("its turn", command.Response.Data.Status, ogen.CommandStatusACCEPTED)

	page := as[*ogen.MilestoneListHeaders](client.ListMilestones(ctx,
		ogen.ListMilestonesParams{IntentId: id, Limit: ogen.NewOptString("2")}))
	expect("page", fmt.Sprint(len(page.Response.Data), page.Response.HasMore), "2 true")
}

func as[Wanted any](given any, err error) Wanted {
	must(err)
	wanted, ok := given.(Wanted)
	if !ok {
		panic(fmt.Sprintf("%T %+v instead of %T", given, given, wanted))
	}
	return wanted
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
