import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Tells global-setup.ts how many test files ran, and writes one closing line, "N passed, N failed", to the file that
 * TEST_SUMMARY_FILE names.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    process.env.TEST_FILES_RUN = String(modules.length);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const flaky = tests.filter((test) => test.diagnostic()?.flaky);
    for (const { module, fullName } of flaky) {
      process.stdout.write(`Needed a second try: ${module.relativeModuleId} > ${fullName}\n`);
    }
    const file = process.env.TEST_SUMMARY_FILE;
    if (!file) return;
    const states = tests.map((test) => test.result().state);
    const count = (state: string) => states.filter((one) => one === state).length;
    const retried = flaky.length === 0 ? '' : `, ${flaky.length} needed a second try`;
    writeFileSync(
      file,
      `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped${retried}\n`,
    );
  }
}
