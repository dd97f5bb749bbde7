import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../src/lib/config/open-home.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { checkConfig, checkDisk, checkHome } from '../../src/lib/config/doctor.ts';
import { checkPipe, checkSpool } from '../../src/lib/wire/doctor.ts';
import { type DaemonState, readSubject } from '../../src/doctor/subject.ts';
import { createSettings } from '../../src/settings.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const absent: DaemonState = { state: 'absent' };
const silent: DaemonState = { state: 'silent', reason: 'test' };
const newHome = () => openHome(join(tempDir(), 'home'));

describe('checkHome', () => {
  it('takes a private home, and one that is not made yet', () => {
    const paths = newHome();
    expect(checkHome({ paths, daemon: absent })).toEqual({
      verdict: 'ok',
      found: `${paths.home}, mode 0700`,
    });
    expect(checkHome({ paths: homePaths('/nowhere/at/all'), daemon: absent }).verdict).toBe('warn');
  });

  it.each(['home', 'spool', 'journal'] as const)(
    'refuses a %s that others can write to, and says what to run',
    (name) => {
      const paths = newHome();
      chmodSync(paths[name], 0o777);
      expect(checkHome({ paths, daemon: absent })).toMatchObject({
        verdict: 'fail',
        found: expect.stringContaining('mode 0777') as string,
        advice: expect.stringContaining(`chmod 700 ${paths[name]}`) as string,
      });
    },
  );
});

describe('checkDisk', () => {
  it('reads the real disk, also of a home that is not there yet', () => {
    expect(checkDisk({ paths: homePaths(join(tempDir(), 'a', 'b')) }).found).toMatch(
      /^\d+ (MiB|inodes) free$/,
    );
  });

  it.each([
    [100, 1e6, 'fail'],
    [1000, 1e6, 'warn'],
    [10_000, 1e6, 'ok'],
    [10_000, 5, 'fail'],
  ])('judges %i MiB and %i inodes free as %s', (mib, ffree, verdict) => {
    const statfs = () => ({ bavail: mib, bsize: 1024 * 1024, ffree, files: 1e7 });
    expect(checkDisk({ paths: newHome() }, statfs as unknown as typeof statfsSync).verdict).toBe(verdict);
  });
});

describe('checkConfig', () => {
  it.each([
    ['{ "lanes": { "totl": 3 } }', /did you mean lanes\.total/],
    ['not json', /is not JSON/],
    ['{ "lanes.total": -1 }', /lanes\.total/],
  ])('fails %s with the sentence that the daemon would refuse it with', async (text, sentence) => {
    const paths = newHome();
    writeFileSync(paths.configFile, text);
    const finding = checkConfig(await readSubject(paths, {}, createSettings));
    expect(finding).toMatchObject({ verdict: 'fail', found: expect.stringMatching(sentence) as string });
  });

  it('names what is set, without any value, since some are secret', async () => {
    const paths = newHome();
    writeFileSync(paths.configFile, '{ "lanes": { "total": 5 } }');
    const subject = await readSubject(paths, { DATABASE_URL: 'postgres://me:secret@db/x' }, createSettings);
    expect(checkConfig(subject)).toEqual({ verdict: 'ok', found: 'set: database.url, lanes.total' });
  });
});

describe('checkPipe', () => {
  const makePipe = (path: string) => execFileSync('mkfifo', ['-m', '600', path]);

  it('takes a private pipe, and none while no daemon runs', () => {
    const paths = newHome();
    expect(checkPipe({ paths, daemon: absent }).verdict).toBe('ok');
    makePipe(paths.fifo);
    expect(checkPipe({ paths, daemon: absent })).toEqual({
      verdict: 'ok',
      found: `${paths.fifo}, mode 0600`,
    });
  });

  it('misses the pipe of a daemon that is there', () => {
    expect(checkPipe({ paths: newHome(), daemon: silent }).verdict).toBe('fail');
  });

  it('tells a regular file, a folder and an open pipe apart', () => {
    const paths = newHome();
    writeFileSync(paths.fifo, 'lost lines\n');
    expect(checkPipe({ paths, daemon: absent })).toMatchObject({
      verdict: 'fail',
      found: expect.stringContaining('regular file') as string,
    });
    rmSync(paths.fifo);
    mkdirSync(paths.fifo);
    expect(checkPipe({ paths, daemon: absent }).verdict).toBe('fail');
    rmSync(paths.fifo, { recursive: true });
    makePipe(paths.fifo);
    chmodSync(paths.fifo, 0o622);
    expect(checkPipe({ paths, daemon: absent })).toMatchObject({
      verdict: 'warn',
      advice: `chmod 600 ${paths.fifo}`,
    });
  });

  it('tells of a line that waits for its newline, and not of one that is just being written', () => {
    const paths = newHome();
    makePipe(paths.fifo);
    const found = (silentMs: number) =>
      checkPipe({
        paths,
        daemon: {
          state: 'running',
          status: { unfinishedLine: { bytes: 21, silentMs, sample: 'LOW|cron:b||note|done' } },
        },
      });
    expect(found(1_999).verdict).toBe('ok');
    expect(found(12_000)).toMatchObject({
      verdict: 'warn',
      found: 'a line of 21 bytes has waited 12 s for its newline: LOW|cron:b||note|done',
    });
  });
});

describe('checkSpool', () => {
  it('counts what waits, and points to what nobody came for', () => {
    const paths = newHome();
    expect(checkSpool({ paths })).toEqual({ verdict: 'ok', found: 'empty' });
    writeFileSync(join(paths.spool, 'a'), 'x'.repeat(2000));
    expect(checkSpool({ paths })).toEqual({ verdict: 'ok', found: '1 files, 2 KiB' });
    utimesSync(join(paths.spool, 'a'), 1, 1);
    expect(checkSpool({ paths })).toMatchObject({
      verdict: 'warn',
      found: '1 files, 2 KiB; 1 older than a day',
    });
  });
});
