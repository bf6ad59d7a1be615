import { expect, test } from 'vitest';
import { createMockSettlement } from '../../src/settlement/mock.ts';
import { type Payment, PermanentPortError } from '../../src/settlement/ports.ts';

const PAYMENT: Payment = {
  key: 'payout_1',
  amount: '100.00',
  currency: 'USDC',
  mode: 'test',
  method: 'OFF_RAMP_MOCK',
  destination: 'bank_account_123',
};

test('a key that was paid is answered again, and refused for another amount or destination', async () => {
  const settlement = createMockSettlement();
  const { signal } = new AbortController();
  const first = await settlement.pay(PAYMENT, signal);
  for (const changed of [{ amount: '99.00' }, { destination: 'bank_account_456' }]) {
    await expect(settlement.pay({ ...PAYMENT, ...changed }, signal)).rejects.toThrow(PermanentPortError);
  }
  expect(await settlement.pay(PAYMENT, signal)).toEqual(first);
  expect(settlement.paymentsOf(PAYMENT.key)).toBe(1);
});
