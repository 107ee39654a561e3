import { pathToFileURL } from 'node:url';
import type Mocha from 'mocha';

/** What the editor runs in its extension host: these tests, with a report as JSON. The runner names files and report. */
export async function run(): Promise<void> {
  const { PURSER_MOCHA: mocha = '', PURSER_TESTS: tests = '', PURSER_REPORT: output = '' } = process.env;
  const { default: Runner } = (await import(pathToFileURL(mocha).href)) as { readonly default: typeof Mocha };
  const suite = new Runner({ timeout: 60_000, reporter: 'json', reporterOptions: { output } });
  for (const file of JSON.parse(tests) as readonly string[]) suite.addFile(file);
  await new Promise<void>((resolve, reject) => {
    suite.run((failed) => (failed === 0 ? resolve() : reject(new Error(`${failed} tests failed`))));
  });
}
