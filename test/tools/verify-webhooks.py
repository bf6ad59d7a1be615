# Webhooks as they arrived, verified with the official library of another language. Usage: verify-webhooks.py <file>,
# which holds {"secret": …, "webhooks": [{"headers": …, "body": …}]}.
import hashlib
import hmac
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

with open(sys.argv[1], encoding="utf-8") as file:
    recorded = json.load(file)
secret = recorded["secret"]
webhooks = recorded["webhooks"]
assert len(webhooks) >= 10, f"only {len(webhooks)} webhooks were recorded"

for webhook in webhooks:
    headers, body = webhook["headers"], webhook["body"]
    event = Webhook(secret).verify(body, headers)
    assert event["id"] == headers["webhook-id"]
    expected = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, headers["finternet-signature"])
    try:
        Webhook(secret).verify(body.replace("event", "Event", 1), headers)
    except WebhookVerificationError:
        continue
    raise AssertionError(f"{event['id']} was good although it was changed")

print(f"{len(webhooks)} webhooks verified")
