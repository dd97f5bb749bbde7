/** Lines by which test runners name a test that failed; the name is the first group. */
const forms: readonly RegExp[] = [
  // TAP, as of node --test and prove.
  /^\s*not ok \d+(?: -)? (.+?)(?: # (?:time|duration).*)?$/,
  // pytest, unittest.
  /^FAILED (\S+?)(?: - .*)?$/,
  /^(?:FAIL|ERROR): (\S+ \(.+\))$/,
  // go test.
  /^\s*--- FAIL: (\S+)/,
  // cargo test.
  /^test (\S+) \.\.\. FAILED$/,
  // vitest and jest.
  /^\s*FAIL\s+(.+?)(?: \[.*\])?$/,
  // mocha, node's spec reporter, jest: a cross and perhaps a time.
  /^\s*[✕✖×✗] (.+?)(?: \(?\d+(?:\.\d+)? ?m?s\)?)?$/,
];
const colours = /\u001b\[[0-9;]*m/g;
const maxNames = 1_000;
const maxNameChars = 300;

/** The names of the tests that failed, as far as the output tells; each once. */
export function failingNames(output: string): string[] {
  const names = new Set<string>();
  for (const line of output.replace(colours, '').split(/\r?\n/)) {
    const name = forms.map((form) => form.exec(line)?.[1]).find((found) => found !== undefined);
    if (name === undefined || /# (?:TODO|SKIP)/i.test(line)) continue;
    names.add(name.trim().slice(0, maxNameChars));
    if (names.size >= maxNames) break;
  }
  return [...names];
}
