# The loop of the published page, as a reader would paste it. What the page leaves to the reader comes from the
# environment: the base URL, the key and the payment intent.
import os

import requests

BASE_URL = os.environ["BASE_URL"]
API_KEY = os.environ["API_KEY"]
intent_id = os.environ["INTENT_ID"]

milestones = [
    {"description": "Initial payment - 30%", "amount": "300.00", "percentage": 30},
    {"description": "Second payment - 50%", "amount": "500.00", "percentage": 50},
    {"description": "Final payment - 20%", "amount": "200.00", "percentage": 20},
]

for i, milestone in enumerate(milestones):
    response = requests.post(
        f"{BASE_URL}/v1/payment-intents/{intent_id}/escrow/milestones",
        headers={"X-API-Key": API_KEY, "Content-Type": "application/json"},
        json={
            "milestoneIndex": i,
            "description": milestone["description"],
            "amount": milestone["amount"],
            "percentage": milestone["percentage"],
        },
    )
    created = response.json()
    print(f"Created milestone {i}: {created['data']['id']}")
