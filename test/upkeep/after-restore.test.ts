import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { settleAfterRestore } from '../../src/upkeep/backup/after-restore.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(
  'deliveries',
  'discord_cards',
  'discord_channels',
  'mail_folders',
  'owner_notices',
);
const now = new Date('2026-11-28T12:00:00Z');
const takenAt = new Date('2026-11-27T02:40:00Z');

it('holds what was to be sent, expires what was asked, lets channels begin at now, and tells the owner', async () => {
  await store.query({
    text: `
    INSERT INTO deliveries (channel, address, kind, subject, body, created_at, queued_at, due_at)
      VALUES ('test', 'me', 'reply', 'task:7', '{"text":"x","state":null}', now(), now(), now());
    INSERT INTO deliveries (channel, address, kind, subject, body, created_at, queued_at, due_at, state, worker, lease_until)
      VALUES ('test', 'me', 'reply', 'task:8', '{"text":"x","state":null}', now(), now(), now(), 'sending', gen_random_uuid(), now());
    INSERT INTO deliveries (channel, address, kind, subject, body, created_at, queued_at, due_at, state, ended_at)
      VALUES ('test', 'me', 'reply', 'task:9', '{"text":"x","state":null}', now(), now(), now(), 'delivered', now());
    INSERT INTO discord_cards (kind, subject_id, channel_id, nonce, version, created_at) VALUES ('wish', 1, '1', 'n', 'v', now());
    INSERT INTO discord_channels (channel_id, bot_id, user_id, cursor) VALUES ('1', '2', '3', '99');
    INSERT INTO mail_folders (account, folder, mailbox, uid_validity, cursor, seen_at) VALUES ('work', 'INBOX', 'm', 1, 99, now())`,
  });
  const settled = await settleAfterRestore(store, { takenAt, now, generation: 3, worker: randomUUID() });
  expect(settled).toEqual({ expired: 1, held: 2, channels: 1, mail: 1, runs: 0 });
  const { rows } = await store.query({
    text: `SELECT subject, state, may_have_arrived AS may, left(reason, 5) AS why FROM deliveries ORDER BY subject`,
  });
  expect(rows).toEqual([
    { subject: 'task:7', state: 'failed', may: true, why: 'held:' },
    { subject: 'task:8', state: 'failed', may: true, why: 'held:' },
    { subject: 'task:9', state: 'delivered', may: false, why: null },
  ]);
  const told = await store.query<{ origin: string; text: string }>({
    text: 'SELECT origin, text FROM owner_notices',
  });
  expect(told.rows).toEqual([{ origin: 'upkeep', text: expect.stringContaining('generation 3') as string }]);
  expect(told.rows[0]?.text).toContain('2 messages of before wait for you');
});
