import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { messageOf } from '../lib/errors.ts';
import type { TokenSource } from './settings.ts';

const commandMs = 10_000;

/** The token, or a sentence that says why there is none to be had. Never rejects, and quotes nothing of the token. */
export async function readToken(
  source: TokenSource,
  env?: NodeJS.ProcessEnv,
): Promise<{ token: string } | { problem: string }> {
  try {
    const token = plain(await textOf(source, env));
    const problem = tokenProblem(token);
    return problem === undefined ? { token } : { problem };
  } catch (thrown) {
    const where = typeof source === 'string' ? 'setting' : 'file' in source ? 'file' : 'command';
    return { problem: `the token's ${where} gives none: ${messageOf(thrown).split('\n', 1)[0] ?? ''}` };
  }
}

/** Why a text cannot be the token of a bot; undefined where it may be one. */
export function tokenProblem(token: string): string | undefined {
  if (token === '') return 'the token is empty';
  if (/\s/.test(token)) return 'the token has blanks in it: copy it anew from the page "Bot"';
  if (/^\d+$/.test(token))
    return 'the token has digits only: that is an id of the application; the token stands on the page "Bot" (Reset Token)';
  return undefined;
}

/** The id of the bot that a token in Discord's present form names; undefined where it has another form. */
export function botIdOf(token: string): string | undefined {
  const [first = '', ...rest] = token.split('.');
  if (rest.length !== 2) return undefined;
  const id = Buffer.from(first, 'base64').toString('latin1');
  return /^\d{15,20}$/.test(id) ? id : undefined;
}

async function textOf(source: TokenSource, env: NodeJS.ProcessEnv | undefined): Promise<string> {
  if (typeof source === 'string') return source;
  if ('file' in source) return readFile(source.file, 'utf8');
  const [program = '', ...args] = source.command;
  const { stdout } = await execa(program, args, {
    timeout: commandMs,
    stdin: 'ignore',
    stderr: 'ignore',
    maxBuffer: 10_000,
    ...(env && { env, extendEnv: false }),
  });
  return stdout.split('\n', 1)[0] ?? '';
}

function plain(text: string): string {
  return text.trim().replace(/^Bot\s+/i, '');
}
