import { describe, expect, it } from 'vitest';
import { conversationOf } from '../../src/chat/conversation.ts';
import { countUnread, listConversations } from '../../src/chat/rows/conversations.ts';
import { hideConversation, nameConversation, pinConversation } from '../../src/chat/rows/marks.ts';
import { listTurns } from '../../src/chat/rows/turns.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('events', 'tasks', 'conversation_marks', 'conversation_reads');
const now = new Date('2026-11-29T12:00:00Z');

async function said(id: number, conversation: string, payload: object | string, reply = 'ok'): Promise<void> {
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, reply, conversation)
           VALUES ($1, 0, 'dashboard', 'chat', $2, $3, $3, 'reflex:x', 'r', 'done', $4, $5)`,
    values: [id, typeof payload === 'string' ? payload : JSON.stringify(payload), now, reply, conversation],
  });
}

const list = async (text?: string) =>
  (await listConversations(store, { limit: 10, ...(text !== undefined && { text }) })).map(conversationOf);
const names = async (text?: string) => (await list(text)).map(({ name }) => name);

describe('conversations', () => {
  it('are found by their words, replies and names, with signs that mean themselves', async () => {
    await said(1, 'a', { text: 'water the roses' }, 'done by 100 %');
    await said(2, 'b', { text: 'the nas' });
    await nameConversation(store, { conversation: 'b', title: 'Storage', now });
    expect(await names('roses')).toEqual(['a']);
    expect(await names('100 %')).toEqual(['a']);
    expect(await names('storage')).toEqual(['b']);
    expect(await names('r_ses')).toEqual([]);
  });

  it('stand at the top where they are pinned, under the name that the owner gave', async () => {
    await said(1, 'a', { text: 'first' });
    await said(2, 'b', { text: 'second' });
    await pinConversation(store, { conversation: 'a', pinned: true, now });
    await nameConversation(store, { conversation: 'a', title: 'The garden', now });
    expect((await list()).map(({ name, title, pinned }) => [name, title, pinned])).toEqual([
      ['a', 'The garden', true],
      ['b', 'second', false],
    ]);
    await pinConversation(store, { conversation: 'a', pinned: false, now });
    await nameConversation(store, { conversation: 'a', title: null, now });
    expect((await list()).map(({ title }) => title)).toEqual(['second', 'first']);
  });

  it('are gone once deleted, come back by what is said later, and whole by an undo', async () => {
    await said(1, 'a', { text: 'old' });
    await hideConversation(store, { conversation: 'a', hidden: true, now });
    expect(await names()).toEqual([]);
    expect(await countUnread(store, { since: new Date(0) })).toBe(0);
    await said(2, 'a', { text: 'new' });
    const turns = async () =>
      (await listTurns(store, { conversation: 'a', before: undefined, limit: 9 })).length;
    expect(await names()).toEqual(['a']);
    expect(await turns()).toBe(1);
    await hideConversation(store, { conversation: 'a', hidden: false, now });
    expect(await turns()).toBe(2);
  });

  it('are named by the words of the owner, without files, also where a payload is cut off', async () => {
    const attached = { said: 'look at "this"', files: [{ name: 'a.txt' }] };
    await said(1, 'a', { attached, text: `look at "this"\n\nAttached file: ${'x'.repeat(5_000)}` });
    await said(2, 'b', { text: `hello ${'y'.repeat(5_000)}` });
    expect((await list()).map(({ title }) => title.slice(0, 14))).toEqual([
      'hello yyyyyyyy',
      'look at "this"',
    ]);
  });
});
