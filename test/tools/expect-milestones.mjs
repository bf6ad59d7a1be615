// Fails unless the order of INTENT_ID holds exactly the milestones of the published loop.
// Environment: BASE_URL, API_KEY, INTENT_ID.
import assert from 'node:assert/strict';

const { BASE_URL, API_KEY, INTENT_ID } = process.env;
const response = await fetch(`${BASE_URL}/v1/payment-intents/${INTENT_ID}/escrow`, {
  headers: { 'X-API-Key': API_KEY },
});
const { data } = await response.json();
assert.deepEqual(
  data.milestones.map(({ milestoneIndex, description, amount, percentage, status }) => [
    ...[milestoneIndex, description, amount, percentage, status],
  ]),
  [
    [0, 'Initial payment - 30%', '300.00', 30, 'PENDING'],
    [1, 'Second payment - 50%', '500.00', 50, 'PENDING'],
    [2, 'Final payment - 20%', '200.00', 20, 'PENDING'],
  ],
);
assert.equal(data.allocatedAmount, '1000.00');
