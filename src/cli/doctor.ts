import { Command } from 'commander';
import { doctorChecks } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import { readSubject } from '../doctor/subject.ts';
import type { NamedResult } from '../lib/doctor/check-result.ts';
import { createSettings } from '../settings.ts';
import { asLaunched } from './as-launched.ts';
import { currentPaths } from './connect.ts';
import { exitCodes } from './failure.ts';
import { paint, type Tint } from './paint.ts';
import { printJson, printLines } from './print.ts';
import { oneLine } from './printable.ts';

const help = `
It looks and changes nothing, and spends nothing. It works with the daemon running or not.
Exit status: 0 all is well or only warnings, 1 something does not work.

Examples:
  $ ninjad doctor
  $ ninjad doctor --json | jq '.findings[] | select(.verdict != "ok")'
`;

/** `ninjad doctor`: what is wrong, and what to do about it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('find out what is wrong, and what to do about it')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine(
        await readSubject(currentPaths(), process.env, createSettings),
        doctorChecks,
      );
      const isWell = findings.every(({ verdict }) => verdict !== 'fail');
      if (json === true) printJson({ ok: isWell, findings });
      else printLines(reportLines(findings));
      process.exitCode = isWell ? exitCodes.done : exitCodes.failed;
    });
}

const marks: Readonly<Record<NamedResult['verdict'], { glyph: string; tint: Tint }>> = {
  ok: { glyph: '✓', tint: 'green' },
  warn: { glyph: '!', tint: 'yellow' },
  fail: { glyph: '✗', tint: 'red' },
};

function reportLines(findings: readonly NamedResult[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(width + 4);
  const lines = findings.flatMap(({ check, verdict, found, expected, advice }) => {
    const { glyph, tint } = marks[verdict];
    const detail = [
      ...(expected === undefined ? [] : [`${indent}${paint('dim', 'expected')} ${oneLine(expected)}`]),
      ...(advice === undefined
        ? []
        : [`${indent}${paint('dim', 'to do')}    ${asLaunched(oneLine(advice))}`]),
    ];
    return [`${paint(tint, glyph)} ${check.padEnd(width)}  ${oneLine(found)}`, ...detail];
  });
  const count = (verdict: NamedResult['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict).length;
  return [...lines, '', `${count('ok')} fine, ${count('warn')} to know, ${count('fail')} wrong`];
}
