import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import {
  type Secret,
  secretsByPattern,
  takeOut,
  withoutOverlaps,
} from '../../lib/secrets/secret-patterns.ts';

/** A text without its secrets, and how many there were. */
export interface Redacted {
  text: string;
  count: number;
}

const preset = '@secretlint/secretlint-rule-preset-recommend';

/**
 * Takes keys, tokens and passwords out of a text: those that secretlint's recommended rules know, and those that people
 * paste to an agent besides (see lib/secrets). It does not see a secret that looks like an ordinary word.
 * Loading the rules takes 0.2 s, and a text of 5 MB some seconds: not for the daemon's own thread.
 */
export async function redact(text: string): Promise<Redacted> {
  const own = secretsByPattern(text);
  const rest = takeOut(text, own);
  const linted = withoutOverlaps(
    (await lint(rest)).filter(({ start, end }) => !rest.slice(start, end).includes('[redacted ')),
  );
  return { text: takeOut(rest, linted), count: own.length + linted.length };
}

async function lint(text: string): Promise<Secret[]> {
  const { messages } = await lintSource({
    source: { filePath: 'memory.txt', content: text, ext: '.txt', contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: [{ id: preset, rule: creator }] } },
  });
  return messages.map(({ range: [start, end], ruleId }) => ({ start, end, what: wordOf(ruleId) }));
}

/** `@secretlint/secretlint-rule-slack` → `slack secret`. */
function wordOf(rule: string): string {
  return `${rule.split('secretlint-rule-')[1]?.replaceAll('-', ' ') ?? 'linted'} secret`;
}
