import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NinjadError, UsageError } from '../lib/errors.ts';

/**
 * Lets the owner edit a text in `$VISUAL`, `$EDITOR` or vi, in a file that only they can read. Resolves to the text without
 * the newline that editors put at its end. Throws where there is no terminal, or where the editor failed.
 */
export async function editText(text: string, env: NodeJS.ProcessEnv): Promise<string> {
  const editor = [env['VISUAL'], env['EDITOR']].find((given) => given !== undefined && given !== '') ?? 'vi';
  if (!process.stdin.isTTY) throw new UsageError('expected the new text: there is no terminal for an editor');
  const dir = await mkdtemp(join(tmpdir(), 'ninjad-edit-'));
  try {
    const path = join(dir, 'memory.txt');
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    await runEditor(editor, path);
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** An editor may have arguments of its own, such as `code --wait`, so a shell reads it. */
async function runEditor(editor: string, path: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== 0)
    throw new NinjadError(
      'EDITOR_FAILED',
      `${editor} ended with ${code ?? signal ?? 'no status'}: nothing was changed`,
    );
}
