/**
 * What a run of vitest came to, by the report of its JSON reporter and its exit code.
 * A test file that could not even be loaded counts as one failure. Only a run that ran something, failed nothing and
 * ended with code 0 (so: without an unhandled error) is `ok`; `why` says what else was wrong.
 * @returns {{ passed: number, failed: number, ok: boolean, why: string }}
 */
export function countTests(report, exitCode) {
  if (report === undefined)
    return { passed: 0, failed: 0, ok: false, why: `vitest ended with code ${exitCode} and no report.` };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + unloaded;
  if (failed > 0) return { passed, failed, ok: false, why: '' };
  if (passed === 0) return { passed, failed, ok: false, why: 'no test ran.' };
  const why = exitCode === 0 ? '' : `every test passed, and vitest ended with code ${exitCode}: see the errors above.`;
  return { passed, failed, ok: exitCode === 0, why };
}
