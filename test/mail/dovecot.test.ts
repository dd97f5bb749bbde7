import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMailParser } from '../../actors/mail/parser.ts';
import { DAY } from '../../src/lib/time.ts';
import { type Dovecot, describeWithDovecot, startDovecot } from '../helpers/mail/dovecot.ts';
import { accountAt, folderRig, mailOf } from '../helpers/mail/folder-rig.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('mail_folders', 'mail_seen', 'events');

describeWithDovecot('a folder of a real server', () => {
  const parser = createMailParser();
  let server: Dovecot;
  let rig: ReturnType<typeof folderRig>;
  let folders = 0;
  let folder = '';
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(async () => {
    await parser.close();
    await server.remove();
  });
  beforeEach(() => {
    folder = `F${(folders += 1)}`;
    server.deliver(mailOf({ Subject: 'before the first start' }), folder);
    rig = folderRig(store, accountAt(server.url()), { folder, parser });
  });
  afterEach(() => rig.close());

  it('has nothing that is older than the first look, each mail after it once, and all of a time when asked', async () => {
    await rig.look();
    expect(rig.events).toEqual([]);
    server.deliverAll([mailOf({ Subject: 'one' }), mailOf({ Subject: 'two' })], folder);
    await rig.look();
    await rig.look();
    expect(rig.subjects()).toEqual(['one', 'two']);
    expect(await rig.catchUp(new Date(Date.now() - DAY))).toMatchObject({ found: 3, taken: 1, known: 2 });
    expect(await rig.catchUp(new Date(Date.now() - DAY))).toMatchObject({ found: 3, taken: 0, known: 3 });
    expect(rig.subjects()).toEqual(['one', 'two', 'before the first start']);
  });

  it('is not touched: the flags of a thousand mails are the same before and after', async () => {
    await rig.look();
    server.deliverAll(
      Array.from({ length: 1_000 }, (_, index) => mailOf({ Subject: `mail ${index}` })),
      folder,
    );
    const before = server.flags(folder).map((name) => name.replace(/^\w+ /, ''));
    const from = performance.now();
    await rig.look();
    expect(rig.events).toHaveLength(1_000);
    expect(new Set(rig.payloads().map(({ dedupKey }) => dedupKey)).size).toBe(1_000);
    expect(rig.subjects()).toEqual(Array.from({ length: 1_000 }, (_, index) => `mail ${index}`));
    expect(server.flags(folder).map((name) => name.replace(/^\w+ /, ''))).toEqual(before);
    expect(before.every((flags) => flags === '2,')).toBe(true);
    // Half a minute on a machine that does much else; alone it takes four seconds.
    expect(performance.now() - from).toBeLessThan(120_000);
  });

  it('that is numbered anew has no mail twice, and what came meanwhile once', async () => {
    await rig.look();
    const noId = { 'Message-ID': null };
    server.deliverAll([mailOf({ Subject: 'a' }), mailOf({ ...noId, Subject: 'b' })], folder);
    await rig.look();
    server.deliver(mailOf({ ...noId, Subject: 'c' }), folder);
    server.renumber(folder);
    await rig.look();
    await rig.look();
    expect(rig.subjects()).toEqual(['a', 'b', 'c']);
    server.deliver(mailOf({ Subject: 'd' }), folder);
    await rig.look();
    expect(rig.subjects()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that is numbered anew gives 50 of what was never seen, and the rest in one line', async () => {
    await rig.look();
    server.deliverAll(
      Array.from({ length: 80 }, (_, index) => mailOf({ Subject: `mail ${index}` })),
      folder,
    );
    const old = new Date(Date.now() - 30 * DAY).toUTCString();
    server.deliver(mailOf({ Subject: 'old', Date: old }), folder);
    server.renumber(folder);
    await rig.look();
    await rig.look();
    const digests = rig.payloads().filter(({ digest }) => digest !== undefined);
    expect(rig.events).toHaveLength(51);
    expect(digests).toHaveLength(1);
    // 30 beyond the cap and the old one; that from before the first start is known.
    expect(digests[0]).toMatchObject({ digest: 31, automatic: 'digest' });
    expect(digests[0]?.text).toMatch(
      /31 more mails in default\/F\d+: the server has numbered the folder anew/,
    );
    expect(rig.subjects()).not.toContain('old');
    expect(rig.subjects()).not.toContain('before the first start');
    // What stands in the one line can still be asked for.
    expect(await rig.catchUp(new Date(Date.now() - DAY))).toMatchObject({ found: 82, taken: 32, known: 50 });
  });

  it('tells two mails with the same Message-ID apart, and a copy of one not', async () => {
    await rig.look();
    const same = { 'Message-ID': '<same@example.net>', Date: 'Sat, 28 Nov 2026 08:00:00 +0000' };
    const first = mailOf({ ...same, Subject: 'first' });
    server.deliverAll([first, mailOf({ ...same, Subject: 'second' }), first], folder);
    await rig.look();
    server.deliver(`Received: again\r\n${first}`, folder);
    await rig.look();
    expect(rig.subjects()).toEqual(['first', 'second']);
  });

  it('has each of two mails without a Message-ID, from the same sender, of the same second and subject', async () => {
    await rig.look();
    const same = { 'Message-ID': null, Subject: 'backup', Date: 'Sat, 28 Nov 2026 08:00:00 +0000' };
    server.deliverAll([mailOf(same, 'one\r\n'), mailOf(same, 'two\r\n'), mailOf(same, 'two\r\n')], folder);
    await rig.look();
    await rig.look();
    expect(rig.payloads().map(({ text }) => text)).toEqual(['one', 'two', 'two']);
  });

  it('keeps the cursor behind what the journal does not have', async () => {
    await rig.look();
    server.deliverAll([mailOf({ Subject: 'a' }), mailOf({ Subject: 'b' }), mailOf({ Subject: 'c' })], folder);
    const cursorOf = async () =>
      (await store.query<{ cursor: number }>({ text: 'SELECT cursor FROM mail_folders' })).rows[0]?.cursor;
    const before = await cursorOf();
    rig.onPut(({ payload }) =>
      (payload as { subject: string }).subject === 'b'
        ? Promise.reject(new Error('full'))
        : Promise.resolve(),
    );
    await expect(rig.look()).rejects.toThrow('full');
    expect(await cursorOf()).toBe(before);
    rig.onPut(() => Promise.resolve());
    await rig.look();
    expect(rig.subjects().toSorted()).toEqual(['a', 'b', 'c']);
    expect(await cursorOf()).toBe((before ?? 0) + 3);
  });

  it('fetches of 50 MB no more than the text, and names the rest', async () => {
    await rig.look();
    const attachment = Buffer.alloc(36 * 1024 * 1024, 7)
      .toString('base64')
      .replaceAll(/.{76}/g, '$&\r\n');
    const parts = [
      '--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n',
      `--b\r\nContent-Type: application/pdf; name="bill.pdf"\r\nContent-Disposition: attachment; filename="bill.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${attachment}\r\n--b--\r\n`,
    ];
    server.deliver(
      mailOf(
        { Subject: 'big', 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=b' },
        parts.join(''),
      ),
      folder,
    );
    const from = process.memoryUsage().rss;
    await rig.look();
    const [mail] = rig.payloads();
    expect(mail).toMatchObject({
      text: 'Grüße',
      attachments: [{ name: 'bill.pdf', type: 'application/pdf' }],
      unparsed: null,
    });
    expect(mail?.['size']).toBeGreaterThan(49_000_000);
    expect(process.memoryUsage().rss - from).toBeLessThan(60_000_000);
  });
});
