"""The README's journey with dataclasses, whose asdict writes None for each optional field. Environment: BASE_URL, API_KEY."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from urllib.error import HTTPError
from urllib.request import Request, urlopen


@dataclass
class MilestoneTerms:
    inspectionPeriodSeconds: int | None = None
    releaseBy: str | None = None
    onOverdue: str | None = None
    disputeDefault: str | None = None
    disputeWindowSeconds: int | None = None


@dataclass
class PaymentIntent:
    amount: str
    currency: str = "USDC"
    type: str = "DELIVERY_VS_PAYMENT"
    settlementMethod: str = "OFF_RAMP_MOCK"
    settlementDestination: str = "bank_account_123"
    description: str | None = None
    metadata: dict | None = None
    deliveryPeriod: int | None = None
    expectedDeliveryHash: str | None = None
    autoRelease: bool | None = None
    deliveryOracle: str | None = None
    milestoneTerms: MilestoneTerms | None = None


@dataclass
class Confirmation:
    signature: str | None = None
    payerAddress: str | None = None


@dataclass
class Milestone:
    milestoneIndex: int
    amount: str
    description: str | None = None
    percentage: float | None = None
    dueAt: str | None = None
    metadata: dict | None = None


@dataclass
class Completion:
    completedBy: str
    completionProof: str | None = None
    completionProofURI: str | None = None


@dataclass
class Release:
    releasedBy: str | None = None
    amount: str | None = None


def call(method, path, body=None):
    data = None if body is None else json.dumps(asdict(body)).encode()
    headers = {"X-API-Key": os.environ["API_KEY"], "Content-Type": "application/json"}
    try:
        with urlopen(Request(os.environ["BASE_URL"] + path, data, headers, method=method)) as response:
            assert response.status in (200, 201), (method, path, response.status)
            return json.load(response)
    except HTTPError as refused:
        refused.add_note(f"{method} {path}: {refused.read().decode()}")
        raise


terms = {"metadata": {"releaseType": "MILESTONE_LOCKED"}, "milestoneTerms": MilestoneTerms()}
intent = call("POST", "/v1/payment-intents", PaymentIntent(amount="1000.00", **terms))
at = f"/v1/payment-intents/{intent['id']}"
call("POST", f"{at}/confirm", Confirmation())

# isoformat writes +00:00, with microseconds where there are some.
due = datetime.now(timezone.utc) + timedelta(days=30)
parts = [
    Milestone(0, "333.33", percentage=100 / 3, dueAt=due.isoformat()),
    Milestone(1, "333.33", percentage=100 / 3),
    Milestone(2, "333.34", description="What is left"),
]
for part in parts:
    created = call("POST", f"{at}/escrow/milestones", part)
    assert created["data"]["status"] == "PENDING", created
    milestone = f"{at}/escrow/milestones/{created['id']}"
    completed = call("POST", f"{milestone}/complete", Completion("designer-12"))
    assert completed["status"] == "completed", completed
    released = call("POST", f"{milestone}/release", Release())
    assert released["data"]["status"] == "RELEASED", released
    if part.milestoneIndex == 0:
        try:
            raise AssertionError(call("POST", f"{at}/escrow/milestones", part))
        except HTTPError as refused:
            assert (refused.code, refused.headers["Error-Reason"]) == (400, "milestone_index_taken"), refused

listed = [one["data"] for one in call("GET", f"{at}/escrow/milestones")["data"]]
for got, wanted in zip(listed, parts, strict=True):
    values = ("milestoneIndex", "amount", "description", "percentage")
    assert {name: got[name] for name in values} == {name: asdict(wanted)[name] for name in values}, got
assert datetime.fromisoformat(listed[0]["dueAt"]) == due.replace(microsecond=0), listed[0]
assert "dueAt" not in listed[1], listed[1]
order = call("GET", f"{at}/escrow")["data"]
assert (order["orderStatus"], order["releasedAmount"]) == ("COMPLETED", "1000.00"), order
