// The loop of the published page, as a reader would paste it. What the page leaves to the reader comes from the
// environment: the base URL, the key and the payment intent.
const BASE_URL = process.env.BASE_URL;
const API_KEY = process.env.API_KEY;
const intentId = process.env.INTENT_ID;

const milestones = [
  { description: 'Initial payment - 30%', amount: '300.00', percentage: 30 },
  { description: 'Second payment - 50%', amount: '500.00', percentage: 50 },
  { description: 'Final payment - 20%', amount: '200.00', percentage: 20 },
];

for (let i = 0; i < milestones.length; i++) {
  const response = await fetch(`${BASE_URL}/v1/payment-intents/${intentId}/escrow/milestones`, {
    method: 'POST',
    headers: {
      'X-API-Key': API_KEY,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      milestoneIndex: i,
      description: milestones[i].description,
      amount: milestones[i].amount,
      percentage: milestones[i].percentage,
    }),
  });
  const milestone = await response.json();
  console.log(`Created milestone ${i}: ${milestone.data.id}`);
}
