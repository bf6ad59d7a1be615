/** What several processes let through together, against a store that is as slow and as broken as the test wants. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RateWindow, type SharedStore } from '../../src/api/rate-window.ts';

const HOUR_MS = 3_600_000;

/** As the real store: windows begin with the first point, and answers come in order, after a while or not at all. */
function fakeStore(options: { latencyMs?: () => number; works?: () => boolean; durationMs?: number } = {}) {
  const { latencyMs = () => 0, works = () => true, durationMs = HOUR_MS } = options;
  const rows = new Map<string, { total: number; endsAt: number }>();
  const calls: number[] = [];
  let answered = Promise.resolve();
  const store: SharedStore = {
    isAway: () => !works(),
    async add(subject, points) {
      calls.push(points);
      const kept = rows.get(subject);
      const row = kept && kept.endsAt > Date.now() ? kept : { total: 0, endsAt: Date.now() + durationMs };
      row.total += points;
      rows.set(subject, row);
      const told = { ...row };
      answered = Promise.all([answered, sleep(latencyMs())]).then(() => {});
      await answered;
      return works() ? told : null;
    },
  };
  return { store, calls };
}

/** Whether one request is let through. */
async function take(window: RateWindow, subject = 'm'): Promise<boolean> {
  const count = window.countOf(subject);
  if (count.used >= count.limit) return false;
  return (await count.add()) ?? true;
}

async function letThrough(requests: Promise<boolean>[]): Promise<number> {
  return (await Promise.all(requests)).filter((passed) => passed).length;
}

describe('one process', () => {
  test('lets through exactly the limit, one by one or at once', async () => {
    for (const [limit, latency] of [
      [1, 1],
      [7, 1],
      [100, 3],
      [1_000, 0],
    ] as const) {
      const window = () => new RateWindow(limit, HOUR_MS, fakeStore({ latencyMs: () => latency }).store);
      const burst = window();
      expect(await letThrough(Array.from({ length: limit + 50 }, () => take(burst)))).toBe(limit);
      const serial = window();
      let passed = 0;
      for (let sent = 0; sent < limit + 20; sent++) if (await take(serial)) passed += 1;
      expect(passed).toBe(limit);
    }
  });

  test('counts subjects apart, and again from zero when the window has ended', async () => {
    const window = new RateWindow(2, 50, fakeStore({ durationMs: 50 }).store);
    expect(await letThrough([take(window), take(window), take(window), take(window, 'other')])).toBe(3);
    await sleep(70);
    expect(await letThrough([take(window), take(window), take(window)])).toBe(2);
  });

  test('a burst waits for one report, not for one a request', async () => {
    const { store, calls } = fakeStore({ latencyMs: () => 20 });
    const window = new RateWindow(100, HOUR_MS, store);
    const startedAt = performance.now();
    expect(await letThrough(Array.from({ length: 80 }, () => take(window)))).toBe(80);
    expect(performance.now() - startedAt).toBeLessThan(60);
    expect(calls).toEqual([80]);
  });

  test('a process that starts in the middle of a window learns what was counted before it', async () => {
    const { store } = fakeStore();
    const first = new RateWindow(100, HOUR_MS, store);
    for (let sent = 0; sent < 95; sent++) await take(first);
    await first.flush();
    const second = new RateWindow(100, HOUR_MS, store);
    let passed = 0;
    for (let sent = 0; sent < 50; sent++) {
      if (await take(second)) passed += 1;
      await sleep(1);
    }
    expect(passed).toBeLessThanOrEqual(5 + 5);
    expect(passed).toBeGreaterThanOrEqual(5);
  });
});

describe('several processes', () => {
  test.each([2, 3, 5])(
    '%i of them let through at least the limit, and at most a chunk more each',
    async (processes) => {
      let seed = processes;
      const random = () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed / 2_147_483_648;
      };
      for (let round = 0; round < 5; round++) {
        const limit = 100;
        const { store } = fakeStore({ latencyMs: () => random() * 8 });
        const windows = Array.from({ length: processes }, () => new RateWindow(limit, HOUR_MS, store));
        const requests: Promise<boolean>[] = [];
        for (let sent = 0; sent < 3 * limit; sent++) {
          requests.push(take(windows[Math.floor(random() * processes)] as RateWindow));
          if (random() < 0.2) await sleep(random() * 3);
        }
        const passed = await letThrough(requests);
        expect(passed).toBeGreaterThanOrEqual(limit);
        expect(passed).toBeLessThanOrEqual(limit + processes * 5);
      }
    },
  );
});

describe('without the store', () => {
  test('each process goes on with its own count, and nobody waits', async () => {
    let works = true;
    const { store } = fakeStore({ works: () => works });
    const window = new RateWindow(100, HOUR_MS, store);
    for (let sent = 0; sent < 40; sent++) await take(window);
    works = false;
    let passed = 0;
    for (let sent = 0; sent < 100; sent++) {
      const count = window.countOf('m');
      if (count.used >= count.limit) continue;
      expect(count.add()).toBeNull();
      passed += 1;
    }
    expect(passed).toBe(60);
  });

  test('what was counted meanwhile is reported when it is back', async () => {
    let works = false;
    const { store, calls } = fakeStore({ works: () => works });
    const window = new RateWindow(100, HOUR_MS, store);
    for (let sent = 0; sent < 30; sent++) await take(window);
    works = true;
    await take(window);
    await window.flush();
    expect(calls.reduce((sum, points) => sum + points, 0)).toBe(31);
  });
});
