// node test/count.mjs <vitest's JSON report> <exit code> <log> <failures> <npm script>: prints "passed failed skipped" of one suite for `.ci/run`, and
// adds to the file <failures> what failed, with its words: a lint error, a type error and a file that did not load are no tests, and fail too.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const [reportFile, code, logFile, failuresFile, script] = process.argv.slice(2);

const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : {};
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0, testResults = [] } = report;
const failed = numFailedTests === 0 && code !== '0' ? 1 : numFailedTests;

const longestMessage = 4000;
const wordsOf = ({ name, message, assertionResults = [] }) => [
  ...(message ? [`${name}: ${message}`] : []),
  ...assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join('\n').slice(0, longestMessage)}`),
];

/** When no test says why, it is among the log's last lines, or among those that name an error. */
const wordsOfLog = () => {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return [...lines.filter((line) => /error/i.test(line)).slice(0, 40), ...lines.slice(-40)];
};

if (failed > 0) {
  const words = testResults.flatMap(wordsOf);
  const said = words.length > 0 ? words : wordsOfLog();
  appendFileSync(failuresFile, `── npm run ${script} (exit code ${code})\n${said.join('\n')}\n`);
}
console.log(numPassedTests, failed, numPendingTests + numTodoTests);
