/** The dashboard and the alert rules ask for metrics that exist, with labels that they have. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newCounts } from '../../src/activities/sweeping.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

const ALERTS = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
const DASHBOARD = readFileSync('deploy/grafana/tranche.json', 'utf8');
const OPERATIONS = readFileSync('docs/OPERATIONS.md', 'utf8');

const EXPRESSIONS = [
  ...[...ALERTS.matchAll(/^ +expr: (.+)$/gm)].map(([, expression = '']) => expression),
  ...JSON.parse(DASHBOARD).panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  ),
];

/** Every series that a process tells of, as text. */
async function everything(): Promise<string> {
  const metrics = createMetrics({
    gauges: async () => ({
      heldCommands: 0,
      heldOldestSeconds: 0,
      pendingCommands: 0,
      pendingOldestSeconds: 0,
      overdueDeadlineSeconds: 0,
      pendingPayouts: 0,
      payoutPendingOldestSeconds: 0,
      failedPayouts: 0,
      fundingOpenOldestSeconds: 0,
      connections: { active: 1 },
    }),
    verification: () => ({ runs: 0, violations: 0, lastRunAt: null, lastViolations: 0 }),
    stuck: async () => ({ recording: 0 }),
    sweeps: newCounts,
    version: '1.2.3',
  });
  metrics.request({ method: 'GET', route: '/', status: 500, reason: 'internal_error', seconds: 1 });
  metrics.recorded([{ commandType: 'milestone.create', outcome: 'rejected', reason: 'internal_conflict' }]);
  return (await metrics.read()).text;
}

test('every metric that is asked for exists, and has the labels it is asked by', async () => {
  const text = await everything();
  const asked = EXPRESSIONS.flatMap((expression) => [
    ...expression.matchAll(/\b((?:tranche|nodejs|process)_\w+)(?:\{([^}]*)\})?/g),
  ]);
  expect(asked.length).toBeGreaterThan(25);
  for (const [, name = '', selector = ''] of asked) {
    const series = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    expect(series, name).not.toEqual([]);
    for (const [, label = ''] of selector.matchAll(/(\w+)=/g)) expect(series[0], name).toContain(`${label}="`);
  }
});

test('labels that are summed by exist', async () => {
  const text = await everything();
  for (const expression of EXPRESSIONS) {
    for (const [, labels = ''] of expression.matchAll(/ by \(([^)]*)\)/g)) {
      const own = String(labels)
        .split(/, */)
        .filter((label) => label !== 'instance');
      for (const label of own) expect(text, expression).toContain(`${label}="`);
    }
  }
});

test('every alert leads to a part of the runbook that is there', () => {
  const anchors = [...OPERATIONS.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const leads = [...ALERTS.matchAll(/docs\/OPERATIONS\.md#(\S+)/g)].map(([, anchor]) => anchor);
  expect(leads.length).toBe([...ALERTS.matchAll(/- alert:/g)].length);
  for (const anchor of leads) expect(anchors).toContain(anchor);
});
