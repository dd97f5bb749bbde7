import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAcceptance } from '../../../src/lib/wire/acceptance.ts';
import { homePaths } from '../../../src/lib/config/paths.ts';
import { markOfSpool } from '../../../src/lib/wire/event-key.ts';
import { putEvent } from '../../../src/lib/wire/put-event.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function home() {
  const paths = homePaths(tempDir());
  execFileSync('mkfifo', [paths.fifo]);
  mkdirSync(paths.spool);
  const fd = openSync(paths.fifo, constants.O_RDWR | constants.O_NONBLOCK);
  closeAfterTest(() => closeSync(fd));
  const received = (): string => {
    const bytes = Buffer.alloc(10_000);
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  };
  return { paths, received };
}

it('begins with a newline, so that what another writer has left unfinished ends before it', async () => {
  const { paths, received } = home();
  await putEvent(paths, { priority: 'LOW', source: 'a', category: 'b', payload: 'c' });
  expect(received()).toBe('\nLOW|a||b|c\n');
});

it('shows the key of a long payload in its line, so that it is known as accepted before it is read', async () => {
  const { paths, received } = home();
  const payload = { text: 'x'.repeat(9_000), dedupKey: 'k1' };
  await putEvent(paths, { priority: 'LOW', source: 'email', category: 'b', payload });
  const line = received();
  expect(line.startsWith('\nLOW|email||b|@spool:k')).toBe(true);
  const name = line.trim().slice(line.indexOf('@spool:') - 1 + '@spool:'.length);
  expect(JSON.parse(readFileSync(join(paths.spool, name), 'utf8'))).toEqual(payload);
  const announced: string[] = [];
  const acceptance = createAcceptance((key) => announced.push(key));
  acceptance.watch('email/k1');
  acceptance.recordAccepted(markOfSpool(name) ?? '', 10);
  acceptance.recordSynced(10);
  expect(announced).toEqual(['email/k1']);
});
