import { expect, it } from 'vitest';
import { recordWish } from '../../../src/tasks/mcp/record-acts.ts';
import { decideWish } from '../../../src/wishes/decide.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { start, wishTables } from '../../helpers/wishes.ts';

const { store } = useDatabase(...wishTables, 'tasks', 'events');
const record = (title: string) =>
  store.transaction((tx) =>
    recordWish(tx, { taskId: null, eventId: null, now: start } as never, {
      title,
      description: 'Mails fail.',
    }),
  );

it('an agent’s wish is new once, and stays rejected in other words too', async () => {
  expect(await record('Cut long mails before they are read')).toEqual({
    isNew: true,
    says: 'Proposed; the owner decides.',
  });
  expect(await record('cut long mails, before they are read!')).toEqual({
    isNew: false,
    says: 'That wish is open already.',
  });
  const no = { id: 1, decision: 'reject', reason: 'attachments matter' } as const;
  await store.transaction((tx) => decideWish(tx, { by: 'cli' }, no, start));
  for (const title of ['Cut long mails before they are read', 'Cut the long mail before it is read'])
    expect(await record(title)).toEqual({
      isNew: false,
      says: 'The owner has turned that down as wish 1: attachments matter',
    });
  expect(await record('Whistle when a disk is full')).toMatchObject({ isNew: true });
});
