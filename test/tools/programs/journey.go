// The README's journey as Go's encoding/json writes it: structs with pointers, maps and slices that are null where
// nothing is set, and instants with nanoseconds and the offset of the place. Environment: BASE_URL, API_KEY.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

type Terms struct {
	InspectionPeriodSeconds *int    `json:"inspectionPeriodSeconds"`
	ReleaseBy               *string `json:"releaseBy"`
	OnOverdue               *string `json:"onOverdue"`
	DisputeDefault          *string `json:"disputeDefault"`
	DisputeWindowSeconds    *int    `json:"disputeWindowSeconds"`
}

type CreateIntent struct {
	Amount                string            `json:"amount"`
	Currency              string            `json:"currency"`
	Type                  string            `json:"type"`
	SettlementMethod      string            `json:"settlementMethod"`
	SettlementDestination string            `json:"settlementDestination"`
	Description           *string           `json:"description"`
	Metadata              map[string]string `json:"metadata"`
	DeliveryPeriod        *int64            `json:"deliveryPeriod"`
	ExpectedDeliveryHash  *string           `json:"expectedDeliveryHash"`
	AutoRelease           *bool             `json:"autoRelease"`
	DeliveryOracle        *string           `json:"deliveryOracle"`
	MilestoneTerms        *Terms            `json:"milestoneTerms"`
}

type Confirm struct {
	Signature    *string `json:"signature"`
	PayerAddress *string `json:"payerAddress"`
}

type CreateMilestone struct {
	MilestoneIndex int               `json:"milestoneIndex"`
	Description    *string           `json:"description"`
	Amount         string            `json:"amount"`
	Percentage     *float64          `json:"percentage"`
	DueAt          *time.Time        `json:"dueAt"`
	Metadata       map[string]string `json:"metadata"`
}

type Complete struct {
	CompletedBy        string  `json:"completedBy"`
	CompletionProof    *string `json:"completionProof"`
	CompletionProofURI *string `json:"completionProofURI"`
}

type Release struct {
	ReleasedBy *string `json:"releasedBy"`
	Amount     *string `json:"amount"`
}

type Milestone struct {
	ID   string `json:"id"`
	Data struct {
		Amount     string     `json:"amount"`
		Percentage *float64   `json:"percentage"`
		Status     string     `json:"status"`
		DueAt      *time.Time `json:"dueAt"`
	} `json:"data"`
}

func main() {
	var intent struct{ ID string }
	call("POST", "/v1/payment-intents", CreateIntent{
		Amount: "1000.00", Currency: "USDC", Type: "DELIVERY_VS_PAYMENT",
		SettlementMethod: "OFF_RAMP_MOCK", SettlementDestination: "bank_account_123",
		Metadata: map[string]string{"releaseType": "MILESTONE_LOCKED"}, MilestoneTerms: &Terms{},
	}, &intent)
	at := "/v1/payment-intents/" + intent.ID
	call("POST", at+"/confirm", Confirm{}, nil)

	due := time.Now().AddDate(0, 1, 0).In(time.FixedZone("", 19800))
	third := 100.0 / 3
	parts := []CreateMilestone{
		{MilestoneIndex: 0, Amount: "333.33", Percentage: &third, DueAt: &due},
		{MilestoneIndex: 1, Amount: "333.33", Percentage: &third},
		{MilestoneIndex: 2, Amount: "333.34"},
	}
	for index, part := range parts {
		var created, released Milestone
		call("POST", at+"/escrow/milestones", part, &created)
		expectPart(created, part)
		var completed struct{ Status string }
		call("POST", at+"/escrow/milestones/"+created.ID+"/complete", Complete{CompletedBy: "designer-12"}, &completed)
		expect("complete", completed.Status, "completed")
		call("POST", at+"/escrow/milestones/"+created.ID+"/release", Release{}, &released)
		expect("release", released.Data.Status, "RELEASED")
		if index == 0 {
			status, reason := send("POST", at+"/escrow/milestones", part, nil)
			expect("duplicate", fmt.Sprint(status, " ", reason), "400 milestone_index_taken")
		}
	}

	var list struct{ Data []Milestone }
	call("GET", at+"/escrow/milestones", nil, &list)
	expect("list", len(list.Data), len(parts))
	for index, listed := range list.Data {
		expectPart(listed, parts[index])
	}
	var order struct {
		Data struct{ OrderStatus, ReleasedAmount string }
	}
	call("GET", at+"/escrow", nil, &order)
	expect("order", order.Data.OrderStatus+" "+order.Data.ReleasedAmount, "COMPLETED 1000.00")
}

// send answers the status and the reason of a refusal.
func send(method, path string, body, answer any) (int, string) {
	var content bytes.Buffer
	if body != nil {
		must(json.NewEncoder(&content).Encode(body))
	}
	request, err := http.NewRequest(method, os.Getenv("BASE_URL")+path, &content)
	must(err)
	request.Header.Set("X-API-Key", os.Getenv("API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	if answer != nil {
		must(json.NewDecoder(response.Body).Decode(answer))
	}
	return response.StatusCode, response.Header.Get("Error-Reason")
}

func call(method, path string, body, answer any) {
	if status, reason := send(method, path, body, answer); status != 200 && status != 201 {
		panic(fmt.Sprintf("%s %s: %d %s", method, path, status, reason))
	}
}

func expectPart(got Milestone, wanted CreateMilestone) {
	expect("amount", got.Data.Amount, wanted.Amount)
	expect("has a percentage", got.Data.Percentage != nil, wanted.Percentage != nil)
	if wanted.Percentage != nil {
		expect("percentage", *got.Data.Percentage, *wanted.Percentage)
	}
	expect("has a due date", got.Data.DueAt != nil, wanted.DueAt != nil)
	if wanted.DueAt != nil {
		expect("due date", got.Data.DueAt.UTC(), wanted.DueAt.UTC().Truncate(time.Second))
	}
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
