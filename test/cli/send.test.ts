import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readPayload } from '../../src/lib/wire/parse-line.ts';
import { cliHarness } from './cli-harness.ts';
import { eventually } from '../helpers/eventually.ts';

const cli = cliHarness();
const silent = { code: 0, stdout: '', stderr: '' };

describe('ninjad send', () => {
  it('writes one wire line, from cli as a NORMAL note unless told otherwise, and says nothing', async () => {
    const daemon = await cli.daemon();
    expect(await cli.run(['send', 'disk', 'on nas | is at\n91% \\o/'])).toEqual(silent);
    expect(await cli.run(['send', '-p', 'high', '-s', 'cron:disk', '-c', 'alert', 'full'])).toEqual(silent);
    expect(daemon.lines()).toEqual([
      'NORMAL|cli||note|disk on nas | is at\\n91% \\\\o/',
      'HIGH|cron:disk||alert|full',
    ]);
    expect(await daemon.event()).toMatchObject({
      text: 'disk on nas | is at\n91% \\o/',
      source: 'cli',
      priority: 3,
    });
  });

  it('lets the sources of the owner claim HUMAN', async () => {
    const daemon = await cli.daemon();
    expect(await cli.run(['send', '-p', '0', '-s', 'shell:laptop', 'x'])).toEqual(silent);
    expect(daemon.lines()).toEqual(['HUMAN|shell:laptop||note|x']);
  });

  it('reads stdin for a lone dash, without its last newline', async () => {
    const daemon = await cli.daemon();
    expect(await cli.run(['send', '-'], { stdin: 'two\nlines ✓\n' })).toEqual(silent);
    expect((await daemon.event()).text).toBe('two\nlines ✓');
  });

  it('takes a JSON object for the payload, and wraps a text that only looks like something else', async () => {
    const daemon = await cli.daemon();
    await cli.run(['send', '{"text":"hi","conversation":"garden"}']);
    await cli.run(['send', '{not json']);
    await cli.run(['send', '@spool:../../etc/passwd']);
    expect(daemon.lines()).toEqual([
      'NORMAL|cli||note|{"text":"hi","conversation":"garden"}',
      'NORMAL|cli||note|{"text":"{not json"}',
      'NORMAL|cli||note|{"text":"@spool:../../etc/passwd"}',
    ]);
  });

  it('sends what is too long for one pipe write through the spool, unchanged', async () => {
    const daemon = await cli.daemon();
    const text = 'ä|\\\n'.repeat(100_000);
    expect(await cli.run(['send', '-'], { stdin: `${text}\n` })).toEqual(silent);
    const { spool } = await daemon.event();
    expect(readdirSync(daemon.paths.spool)).toEqual([spool]);
    const kept = readFileSync(join(daemon.paths.spool, spool ?? ''), 'utf8');
    expect(readPayload(kept).text).toBe(text);
  });
});

describe('ninjad send --wait', () => {
  it('returns when the event is accepted, not before', async () => {
    const daemon = await cli.daemon();
    const sending = cli.begin(['send', '--wait', '-c', 'alert', 'full']);
    let ended = false;
    void sending.ended.then(() => (ended = true));
    const event = await daemon.event();
    expect(event).toMatchObject({ text: 'full', category: 'alert', source: 'cli' });
    expect(daemon.calls).toEqual([['watch', event.dedupKey]]);
    expect(ended).toBe(false);
    daemon.watches.get(event.dedupKey ?? '')?.({ type: 'accepted' });
    expect(await sending.ended).toEqual(silent);
    await eventually(() => expect(daemon.watches.size).toBe(0));
  });

  it('keeps the fields and the key of a JSON payload', async () => {
    const daemon = await cli.daemon();
    const sending = cli.begin(['send', '--wait', '{"text":"hi","replyTo":"me","dedupKey":"my-key"}']);
    expect(await daemon.event()).toMatchObject({ text: 'hi', replyTo: 'me', dedupKey: 'my-key' });
    daemon.watches.get('my-key')?.({ type: 'accepted' });
    expect((await sending.ended).code).toBe(0);
  });

  it('takes being routed as accepted, since a spooled line does not show its key', async () => {
    const daemon = await cli.daemon();
    const sending = cli.begin(['send', '--wait', '-'], { stdin: 'x'.repeat(9000) });
    expect((await daemon.event()).spool).toBeDefined();
    const [send] = daemon.watches.values();
    send?.({ type: 'routed', eventId: 1, route: 'reflex:note', rule: 'note', status: 'done' });
    expect(await sending.ended).toEqual(silent);
  });

  it('exits 1 when it is not accepted in time', async () => {
    await cli.daemon();
    const { code, stdout, stderr } = await cli.run(['send', '--wait', '--timeout', '1', 'x']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('ninjad: not kept within 1 s; it may still be: see ninjad status\n');
  });

  it('sends again under its key where nothing is heard for three seconds', async () => {
    const daemon = await cli.daemon();
    const sending = cli.begin(['send', '--wait', 'x']);
    await vi.waitFor(() => expect(daemon.lines()).toHaveLength(2), { timeout: 20_000 });
    const [first, second] = daemon.lines();
    expect(second).toBe(first);
    daemon.watches.get((await daemon.event()).dedupKey ?? '')?.({ type: 'accepted' });
    expect(await sending.ended).toEqual(silent);
  });

  it('waits for the key of its own source', async () => {
    const daemon = await cli.daemon();
    const sending = cli.begin(['send', '--wait', '-s', 'cron:disk', '{"text":"hi","dedupKey":"my-key"}']);
    await daemon.event();
    expect([...daemon.watches.keys()]).toEqual(['cron:disk/my-key']);
    daemon.watches.get('cron:disk/my-key')?.({ type: 'accepted' });
    expect((await sending.ended).code).toBe(0);
  });

  it('exits 1 when the daemon goes away before it has accepted', async () => {
    const daemon = await cli.daemon();
    const sending = cli.begin(['send', '--wait', 'x']);
    await daemon.event();
    daemon.stop();
    const { code, stderr } = await sending.ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ninjad: the daemon went away before it said that the event is kept\n',
    });
  });
});
