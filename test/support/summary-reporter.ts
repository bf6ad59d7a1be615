import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Tells global-setup.ts how many test files ran, and writes one closing line, "N passed, N failed", to the file that
 * TEST_SUMMARY_FILE names.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    process.env.TEST_FILES_RUN = String(modules.length);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const flaky = tests.filter((test) => test.diagnostic()?.flaky);
    for (const { module, fullName } of flaky) {
      process.stdout.write(`Needed a second try: ${module.relativeModuleId} > ${fullName}\n`);
    }
    // They fail the run although every test has passed, and stand far above where one looks for what failed.
    for (const { message, VITEST_TEST_PATH: path = 'an unknown file', VITEST_TEST_NAME: name = '' } of unhandled) {
      process.stdout.write(`Thrown outside of the tests in ${path} > ${name}: ${message}\n`);
    }
    const file = process.env.TEST_SUMMARY_FILE;
    if (!file) return;
    const states = tests.map((test) => test.result().state);
    const count = (state: string) => states.filter((one) => one === state).length;
    const retried = flaky.length === 0 ? '' : `, ${flaky.length} needed a second try`;
    const outside = unhandled.length === 0 ? '' : `, ${unhandled.length} thrown outside of the tests`;
    writeFileSync(
      file,
      `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped${retried}${outside}\n`,
    );
  }
}
