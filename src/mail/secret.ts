import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { messageOf } from '../lib/errors.ts';
import type { SecretSource } from './account.ts';

/** What an account logs in by. */
export type Secret = { pass: string } | { accessToken: string };

const commandMs = 20_000;
const maxBytes = 64 * 1024;

/** The secret of an account, read anew, or a sentence that says why there is none. Quotes nothing of it. */
export async function readSecret(
  source: SecretSource,
  env: NodeJS.ProcessEnv,
): Promise<{ secret: Secret } | { problem: string }> {
  try {
    const text = await textOf(source, env);
    if (text === '') return { problem: `${placeOf(source)} is empty` };
    return { secret: source.kind === 'token' ? { accessToken: text } : { pass: text } };
  } catch (thrown) {
    return { problem: `${placeOf(source)} gives none: ${firstLine(messageOf(thrown))}` };
  }
}

async function textOf(source: SecretSource, env: NodeJS.ProcessEnv): Promise<string> {
  switch (source.kind) {
    case 'password':
      return source.password;
    case 'env':
      return (Object.hasOwn(env, source.name) ? env[source.name] : undefined) ?? '';
    case 'file':
      return firstLine(await readFile(source.path, 'utf8'));
    case 'command':
    case 'token': {
      const [program, ...args] =
        typeof source.command === 'string' ? ['/bin/sh', '-c', source.command] : source.command;
      const { stdout } = await execa(program ?? '', args, {
        timeout: commandMs,
        stdin: 'ignore',
        stderr: 'ignore',
        maxBuffer: maxBytes,
        env,
        extendEnv: false,
      });
      return firstLine(stdout);
    }
  }
}

function placeOf(source: SecretSource): string {
  switch (source.kind) {
    case 'password':
      return 'the password';
    case 'env':
      return `the variable ${source.name} for the password`;
    case 'file':
      return 'the file of the password';
    case 'command':
      return 'the command for the password';
    case 'token':
      return 'the command for the token';
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
