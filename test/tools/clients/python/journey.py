"""The README's journey with a client that openapi-python-client generated. Environment: BASE_URL, API_KEY."""

import os

from tranche_client import AuthenticatedClient
from tranche_client.api.commands import get_command
from tranche_client.api.escrow_orders import get_escrow_order
from tranche_client.api.milestones import complete_milestone, create_milestone, list_milestones, release_milestone
from tranche_client.api.payment_intents import confirm_payment_intent, create_payment_intent
from tranche_client.models import (
    Command,
    CompleteMilestoneRequest,
    ConfirmPaymentIntentRequest,
    CreateMilestoneRequest,
    CreatePaymentIntentRequest,
    ReleaseMilestoneRequest,
)

client = AuthenticatedClient(
    base_url=os.environ["BASE_URL"], token=os.environ["API_KEY"], prefix="", auth_header_name="X-API-Key"
)


def milestone(index, amount, **more):
    body = CreateMilestoneRequest(milestone_index=index, amount=amount)
    return create_milestone.sync_detailed(intent_id, client=client, body=body, **more)


intent_id = create_payment_intent.sync(
    client=client,
    body=CreatePaymentIntentRequest.from_dict(
        {
            "amount": "1000.00",
            "currency": "USDC",
            "type": "DELIVERY_VS_PAYMENT",
            "settlementMethod": "OFF_RAMP_MOCK",
            "settlementDestination": "bank_account_123",
            "metadata": {"releaseType": "MILESTONE_LOCKED"},
        }
    ),
).id
confirm_payment_intent.sync(intent_id, client=client, body=ConfirmPaymentIntentRequest())

first = create_milestone.sync(
    intent_id, client=client, body=CreateMilestoneRequest(milestone_index=0, amount="333.00", percentage=33.3)
)
assert first.data.percentage == 33.3, first
completed = complete_milestone.sync(
    intent_id, first.id, client=client, body=CompleteMilestoneRequest(completed_by="designer-12")
)
assert completed.status == "completed", completed
released = release_milestone.sync(intent_id, first.id, client=client, body=ReleaseMilestoneRequest())
assert released.data.status == "RELEASED", released
assert get_escrow_order.sync(intent_id, client=client).data.released_amount == "333.00"

twice = milestone(0, "1.00")
assert twice.headers["Error-Reason"] == "milestone_index_taken", twice
assert twice.parsed.error.type_ == "invalid_request_error", twice

# Out of turn: a command instead of a milestone.
held = milestone(2, "100.00", prefer="handling=lenient").parsed
assert isinstance(held, Command) and held.data.status == "HELD", held
milestone(1, "100.00")
assert get_command.sync(held.id, client=client).data.status == "ACCEPTED"

page = list_milestones.sync(intent_id, client=client, limit="2")
assert len(page.data) == 2 and page.has_more, page
