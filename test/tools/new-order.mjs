// Makes a funded MILESTONE_LOCKED order of 1000.00 USDC and prints the ids of its intent and of itself.
// Environment: BASE_URL, API_KEY.
const { BASE_URL, API_KEY } = process.env;

async function call(method, path, body) {
  const response = await fetch(`${BASE_URL}${path}`, {
    method,
    headers: { 'X-API-Key': API_KEY, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const { id: intentId } = await call('POST', '/v1/payment-intents', {
  amount: '1000.00',
  currency: 'USDC',
  type: 'DELIVERY_VS_PAYMENT',
  settlementMethod: 'OFF_RAMP_MOCK',
  settlementDestination: 'bank_account_123',
  metadata: { releaseType: 'MILESTONE_LOCKED' },
});
await call('POST', `/v1/payment-intents/${intentId}/confirm`);
const { id: orderId } = await call('GET', `/v1/payment-intents/${intentId}/escrow`);
console.log(`${intentId} ${orderId}`);
