import { describe, expect, it } from 'vitest';
import type { AgentRunOptions } from '../../helpers/agent-run.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { type Dialect, dialects, runSpoken, type SpokenName } from '../../helpers/spoken-agents.ts';

const kinds = Object.entries(dialects) as [SpokenName, Dialect][];

describe.each(kinds)('a program that is taken for %s', (name, says) => {
  const guard = leakGuard();
  const hears = name === 'claude' ? 'read -r _' : 'cat >/dev/null';
  const answers = [hears, says.begins(says.session), says.says('done'), says.ends];
  const done = { kind: 'succeeded', reply: 'done' };
  const run = (lines: readonly string[], options: AgentRunOptions = {}) =>
    runSpoken(name, lines, { ...options, watch: guard.watch });
  const outcomeOf = async (...args: Parameters<typeof run>) => (await run(...args).ends()).outcome;

  it('may end its lines as Windows does, and its last one not at all', async () => {
    expect(await outcomeOf([`{\n${answers.join('\n')}\n} | sed 's/$/\\r/' | head -c -2`])).toEqual(done);
  });

  it('has not answered where its last line is half of one', async () => {
    const half = `{ ${says.ends}\n} | head -c 40`;
    expect((await outcomeOf([...answers.slice(0, -1), half])).kind).toBe('no-result');
  });

  it('may print zeros, colours and bytes that are no text between its lines', async () => {
    const noise = `printf 'a\\0b\\n\\0\\n\\033[31mred\\033[0m\\n\\xff\\xfe\\n\\n'`;
    expect(await outcomeOf(answers.flatMap((line) => [line, noise]))).toEqual(done);
  });

  it('may say zeros, which no row can hold', async () => {
    const zeros = says.says('do@ne').replace('@', '\\\\u0000');
    const { outcome, text } = await run([...answers.slice(0, 2), zeros, says.ends]).ends();
    expect(outcome.kind).toBe('succeeded');
    expect(JSON.stringify([outcome, text])).not.toContain('\\u0000');
  });

  it('may print a line that is far too long between two that are not', async () => {
    const long = `head -c 20000000 /dev/zero | tr '\\0' x; echo`;
    expect(await outcomeOf([...answers.slice(0, 2), long, ...answers.slice(2)])).toEqual(done);
  });

  it.each([
    ['200 MB', `head -c 200000000 /dev/zero | tr '\\0' '\\n'`],
    ['a line of 50 MB', `head -c 50000000 /dev/zero | tr '\\0' x; echo`],
  ])('is ended where it prints %s before its answer', async (_, flood) => {
    const [hear = '', begin = '', ...rest] = answers;
    expect((await outcomeOf([hear, begin, flood, ...rest])).kind).toBe('output-limit');
  });

  it('may flood standard error', async () => {
    const flood = `head -c 50000000 /dev/zero | tr '\\0' y >&2`;
    expect(await outcomeOf([answers[0] ?? '', flood, ...answers.slice(1)])).toEqual(done);
  });

  it('has failed where it ends badly after its answer, and is not believed', async () => {
    const outcome = await outcomeOf([...answers, 'echo out of luck >&2', 'exit 1']);
    expect(outcome).toMatchObject({
      kind: 'crashed',
      reason: expect.stringMatching(/gave a result, but exited with code 1.*out of luck/s) as string,
    });
  });

  it('is ended by force where it does not heed SIGTERM, its children in sessions of their own too', async () => {
    const deaf = [`trap '' TERM INT HUP`, `setsid -f bash -c "trap '' TERM; sleep 701.5" >/dev/null 2>&1`];
    const hangs = run([...deaf, ...answers.slice(0, 2), 'while :; do sleep 701.25; done'], {
      stopTheClock: true,
      limits: { killGraceMs: 200 },
    });
    await hangs.runs(/^sleep 701\.25$/);
    await hangs.runs(/^sleep 701\.5$/);
    hangs.pass(24 * 60 * 60 * 1_000);
    const { outcome, cleanup } = await hangs.ends();
    expect(['timed-out', 'no-output']).toContain(outcome.kind);
    expect(cleanup?.left).toEqual([]);
  });

  it('may print its answer twice, and is quoted once', async () => {
    expect(await outcomeOf([...answers, says.ends])).toEqual(done);
  });

  // Of claude what comes after a result may be a further turn.
  it.skipIf(name === 'claude')(
    'may go on to print after its answer, which stands, and is ended',
    async () => {
      const goesOn = [...answers, `while :; do echo '{"type":"news.of.tomorrow"}'; sleep 0.05; done`];
      const printing = run(goesOn, { limits: { resultGraceMs: 200 } });
      expect((await printing.ends()).outcome).toEqual({
        ...done,
        note: expect.stringContaining('did not exit') as string,
      });
    },
  );

  // Claude ends by itself.
  it.skipIf(name === 'claude')('is ended where it costs more than it may, by an estimate', async () => {
    const step =
      name === 'opencode'
        ? says.ends.replace('"stop"', '"tool-calls"')
        : says.calls('ls', 'x'.repeat(20_000));
    const dear = run([...answers.slice(0, 2), ...Array.from({ length: 20 }, () => step), 'sleep 702'], {
      settings: { maxBudgetUsd: 0.15 },
      prices: { '*': { input: 5, output: 25 } },
      stopTheClock: true,
    });
    const { outcome, unbilled } = await dear.ends();
    expect(outcome).toMatchObject({
      kind: 'over-budget',
      reason: expect.stringContaining('by an estimate') as string,
    });
    expect(Object.values(unbilled)[0]?.outputTokens).toBeGreaterThan(0);
    const cheap = await outcomeOf(answers, {
      settings: { maxBudgetUsd: 0.15 },
      prices: { '*': { input: 5, output: 25 } },
    });
    expect(cheap).toEqual(done);
  });
});
