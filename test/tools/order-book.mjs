// Makes orders in different states, for the list of the Temporal UI, and prints the id of the one that has most to show.
// Environment: BASE_URL, API_KEY.
const { BASE_URL, API_KEY } = process.env;
const DAY_SECONDS = 24 * 60 * 60;

/** Answers the body; refusals are answers, too. */
async function call(method, path, body, prefer) {
  const response = await fetch(`${BASE_URL}/v1${path}`, {
    method,
    headers: { 'X-API-Key': API_KEY, 'Content-Type': 'application/json', ...(prefer && { Prefer: prefer }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status >= 500)
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** A funded order with milestones of these amounts. */
async function order({ amount, currency = 'USDC', amounts, milestoneTerms, destination = 'bank_account_123' }) {
  const { id } = await call('POST', '/payment-intents', {
    ...{ amount, currency, type: 'DELIVERY_VS_PAYMENT', settlementMethod: 'OFF_RAMP_MOCK' },
    ...{ settlementDestination: destination, metadata: { releaseType: 'MILESTONE_LOCKED' } },
    ...(milestoneTerms && { milestoneTerms }),
  });
  await call('POST', `/payment-intents/${id}/confirm`);
  const escrow = `/payment-intents/${id}/escrow`;
  const milestones = [];
  for (const [milestoneIndex, share] of amounts.entries()) {
    milestones.push((await call('POST', `${escrow}/milestones`, { milestoneIndex, amount: share })).id);
  }
  const complete = (index) =>
    call('POST', `${escrow}/milestones/${milestones[index]}/complete`, { completedBy: 'studio@example.com' });
  return {
    milestones,
    complete,
    async release(index) {
      await complete(index);
      await call('POST', `${escrow}/milestones/${milestones[index]}/release`);
    },
    post: (path, body, prefer) => call('POST', `${escrow}${path}`, body, prefer),
    id: async () => (await call('GET', escrow)).id,
  };
}

const completed = await order({ amount: '480.00', currency: 'EUR', amounts: ['240.00', '240.00'] });
for (const index of [0, 1]) await completed.release(index);

const declined = await order({ amount: '2500.00', amounts: ['500.00', '2000.00'], destination: 'decline' });
await declined.release(0);

const inspected = await order({
  ...{ amount: '1200.00', currency: 'USDT', amounts: ['300.00', '300.00', '600.00'] },
  milestoneTerms: { inspectionPeriodSeconds: 3 * DAY_SECONDS },
});
await inspected.complete(0);

const waiting = await order({ amount: '750.00', amounts: [] });
for (const milestoneIndex of [3, 2, 1]) {
  await waiting.post('/milestones', { milestoneIndex, amount: '100.00' }, 'handling=lenient');
}

const plain = await order({ amount: '99.90', amounts: ['33.30', '33.30', '33.30'] });
await plain.release(0);

const disputed = await order({ amount: '3600.00', amounts: ['600.00', '900.00', '900.00', '1200.00'] });
await disputed.release(0);
await disputed.complete(1);
await disputed.complete(2);
await disputed.post('/dispute', {
  ...{ reason: 'The second page is missing', raisedBy: 'buyer-7' },
  ...{ milestoneId: disputed.milestones[1], disputeWindow: String(7 * DAY_SECONDS) },
});
await disputed.post(`/milestones/${disputed.milestones[1]}/release`, {}, 'handling=lenient');
await disputed.post(`/milestones/${disputed.milestones[2]}/release`, {}, 'handling=lenient');
await disputed.post('/milestones', { milestoneIndex: 1, amount: '1.00' });
await disputed.post('/milestones', { milestoneIndex: 4, amount: '1000.00' });
console.log(await disputed.id());
