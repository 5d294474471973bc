/*
 * What a run of tests came to, in one form for vitest and Playwright: how many passed, which failed, and
 * which passed only when repeated. As the default export it is the vitest reporter that writes this form to
 * the file that GATEHOUSE_TEST_OUTCOME names.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './prepare.mjs';

export default class OutcomeReporter {
  /** Collects the result of each test, of hooks around tests, and of errors that belong to no test. */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const suites = modules.flatMap(module => [module, ...module.children.allSuites()]);
    const failedTests = tests.filter(test => test.result().state === 'failed');
    const outcome = {
      passed: tests.filter(test => test.result().state === 'passed').length,
      failed: [
        ...failedTests.map(test => entry(nameOf(test), test.result().errors)),
        ...suites
          .filter(suite => suite.errors().length > 0)
          .map(suite => entry(nameOf(suite), suite.errors())),
        ...unhandledErrors.map(error => entry('outside of every test', [error])),
      ],
      repeated: tests
        .filter(test => test.diagnostic()?.flaky === true)
        .map(test => entry(nameOf(test), test.result().errors)),
      files: secondsOf(modules),
    };
    writeFileSync(process.env.GATEHOUSE_TEST_OUTCOME, JSON.stringify(outcome, null, 2));
  }
}

function nameOf(task) {
  const file = relative(root, task.type === 'module' ? task.moduleId : task.module.moduleId);
  return task.type === 'module' ? file : `${file} > ${task.fullName}`;
}

/** How long each file took, the slowest first. */
function secondsOf(modules) {
  const times = modules.map(module => {
    const { collectDuration, setupDuration, duration } = module.diagnostic();
    return [nameOf(module), Math.round((collectDuration + setupDuration + duration) / 1000)];
  });
  return Object.fromEntries(times.toSorted(([, a], [, b]) => b - a));
}

/** The same form of the JSON report that Playwright writes. */
export function outcomeOfPlaywright(report) {
  const tests = report.suites.flatMap(suite => testsBelow(suite, []));
  const withStatus = status => tests.filter(test => test.status === status);
  return {
    passed: withStatus('expected').length + withStatus('flaky').length,
    failed: [
      ...withStatus('unexpected').map(({ name, errors }) => entry(name, errors)),
      ...report.errors.map(error => entry('outside of every test', [error])),
    ],
    repeated: withStatus('flaky').map(({ name, errors }) => entry(name, errors)),
  };
}

function testsBelow(suite, above) {
  const names = [...above, suite.title];
  const own = (suite.specs ?? []).flatMap(spec =>
    spec.tests.map(({ status, results }) => ({
      status,
      name: `test/e2e/${[...names, spec.title].join(' > ')}`,
      errors: results.flatMap(result => result.errors),
    })),
  );
  return [...own, ...(suite.suites ?? []).flatMap(inner => testsBelow(inner, names))];
}

function entry(name, errors) {
  return { name, error: firstLine(errors?.[0]?.message ?? '') };
}

/** The first line that says something, without colours. */
export function firstLine(text) {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.map(line => line.trim()).find(line => line !== '') ?? 'no message';
}
