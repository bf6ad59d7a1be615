/**
 * `npm run bench`: measures Tranche against its references on this machine, in one run.
 *
 *   --quick          a short run, printed only; the full one also writes bench/RESULTS.md
 *   --profile DIR    V8 writes a processor profile of each thread of the service into DIR
 *
 * DATABASE_URL and TEMPORAL_ADDRESS name servers to use instead of own ones: a role that may create databases and
 * roles, and a Temporal server on which namespaces may be created. Ends with 1 when an answer was wrong or a bound
 * that does not depend on time was exceeded; a goal that was missed does not fail the run.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { countHistoryEvents } from './checks/history.ts';
import { measureMemory, startInstrumented } from './checks/memory.ts';
import { countStatements, type StatementCount } from './checks/statements.ts';
import { historyFigures, memoryFigures, statementFigures, timedFigures } from './figures.ts';
import { trancheTarget } from './load/tranche-target.ts';
import { FULL, type Plan, QUICK } from './plan.ts';
import { type Results, renderMarkdown, renderText } from './report.ts';
import { measureRounds } from './rounds.ts';
import { startFloor, startTranche, trancheContender } from './support/contenders.ts';
import { describeMachine } from './support/machine.ts';
import { RESULTS_PATH } from './support/paths.ts';
import { openStage, type Stage } from './support/stage.ts';

const INTERRUPTED = 130;
const startedAt = performance.now();

process.exitCode = await main();
// Whatever a library still holds open must not keep the process: everything of ours has ended.
process.exit();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
  });
  const plan = values.quick ? QUICK : FULL;
  const interrupt = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt.signal.addEventListener('abort', () => reject(new Error('Interrupted')));
  });
  interrupted.catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  let stage: Stage | null = null;
  try {
    say('starting PostgreSQL and Temporal');
    stage = await openStage(say, interrupt.signal);
    const results = await Promise.race([measure(stage, plan, values.profile ?? null), stage.failed, interrupted]);
    process.stdout.write(`\n${renderText(results)}\n\n`);
    if (!values.quick) writeFileSync(RESULTS_PATH, renderMarkdown(results));
    const exceeded = results.figures.filter(({ isBound, met }) => isBound && met === false);
    for (const { name, tranche, goal } of exceeded)
      say(`BOUND EXCEEDED: ${name.trim()} is ${tranche}, must be ${goal}`);
    return exceeded.length === 0 ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    return interrupt.signal.aborted ? INTERRUPTED : 1;
  } finally {
    say('stopping');
    await stage?.close();
  }
}

async function measure(stage: Stage, plan: Plan, profileFolder: string | null): Promise<Results> {
  const machine = await describeMachine(stage);
  say('starting the service and its reference');
  const tranche = await startTranche(stage, profileFolder);
  const floor = await startFloor(stage);
  const rounds = await measureRounds(
    [
      trancheContender(tranche, stage, { keyed: false }),
      trancheContender(tranche, stage, { keyed: true }),
      floor.contender,
    ],
    plan,
    say,
  );
  await floor.child.stop();
  say('counting history events');
  const events = await countHistoryEvents(stage, trancheTarget(tranche.http, { keyed: false }), tranche.taskQueue);
  await tranche.child.stop();
  const { statements, memory } = await look(stage, plan, tranche.apiKey);
  const [plain, keyed, reference] = rounds;
  if (!plain || !keyed || !reference) throw new Error('A contender was not measured');
  const figures = [
    ...timedFigures([plain, keyed, reference]),
    ...historyFigures(events),
    ...statementFigures(statements),
    ...memoryFigures(memory),
  ];
  return { machine, plan, figures, rounds, statements, memory };
}

/** What needs a look inside the service, which is another process then. */
async function look(stage: Stage, plan: Plan, apiKey: string) {
  const service = await startInstrumented(stage, apiKey);
  say('counting SQL statements');
  const statements: StatementCount[] = [];
  for (const keyed of [false, true]) {
    statements.push(...(await countStatements(service.child, trancheTarget(service.http, { keyed }), keyed)));
  }
  say(`measuring the memory of ${plan.memoryOrders} idle orders`);
  const memory = await measureMemory(service, plan.memoryOrders);
  await service.child.stop();
  return { statements, memory };
}

function say(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4);
  process.stdout.write(`${seconds} s  ${line}\n`);
}
