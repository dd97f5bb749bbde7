import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintSourceCode } from '@secretlint/types';
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

/** Comments that switch a linter off have no say in a text that somebody sent. */
const scanners = rules.filter(({ meta }) => !meta.id.endsWith('filter-comments'));

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

/** The rules, made once, and what they have reported of the text that they are at. */
interface Linter {
  secrets: Secret[];
  look: ((source: SecretLintSourceCode) => unknown)[];
}

/** Those that are at no text: to make one takes as long as to go through a short text with it. */
const idle: Linter[] = [];

/**
 * The rules without secretlint's core: its profiler keeps every mark of every text, and looks through all of them at the
 * end of each rule, which after 10,000 texts takes longer than anything else here.
 */
async function lint(content: string): Promise<Secret[]> {
  const linter = idle.pop() ?? createLinter();
  const source = sourceOf(content);
  for (const look of linter.look) {
    const looked = look(source);
    if (looked instanceof Promise) await looked;
  }
  // One that has failed stays out.
  idle.push(linter);
  const found = linter.secrets;
  linter.secrets = [];
  return found;
}

function createLinter(): Linter {
  const linter: Linter = { secrets: [], look: [] };
  for (const rule of scanners) {
    const what = wordOf(rule.meta.id);
    const context: SecretLintRuleContext = {
      sharedOptions: {},
      createTranslator: () => (id, data) => ({ message: what, messageId: String(id), data }),
      ignore: () => undefined,
      report: ({ range: [start, end] }) => void linter.secrets.push({ start, end, what }),
    };
    const made = rule.create(context, {});
    linter.look.push((source) => made.file?.(source));
  }
  return linter;
}

/** The parts of a source that scanners look at. */
function sourceOf(content: string): SecretLintSourceCode {
  const source = {
    content,
    ext: '.txt',
    contentType: 'text',
    filePath: 'memory.txt',
    physicalFilePath: undefined,
    hasBOM: false,
  } satisfies Partial<SecretLintSourceCode>;
  return source as Partial<SecretLintSourceCode> as SecretLintSourceCode;
}

/** `@secretlint/secretlint-rule-slack` → `slack secret`. */
function wordOf(rule: string): string {
  return `${rule.split('secretlint-rule-')[1]?.replaceAll('-', ' ') ?? 'linted'} secret`;
}
