import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { arrayItems } from '../../src/transfer/foreign/array-items.ts';
import { type ForeignProblem, type ForeignText, linesOfText } from '../../src/transfer/foreign/document.ts';
import { foreignBytes, readForeign } from '../../src/transfer/foreign/read-foreign.ts';
import { memoryLine } from '../../src/memory/memory-line.ts';
import { chatgptExport, claudeExport } from '../fixtures/foreign-conversations.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { zipOf } from '../helpers/zip.ts';

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function allOf(path: string): Promise<(ForeignText | ForeignProblem)[]> {
  return listed(readForeign(path));
}

function fileWith(name: string, content: string | Buffer): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content);
  return path;
}

describe('conversations of ChatGPT', () => {
  it('are the branch that was shown last, without hidden prompts, thoughts and tools', async () => {
    const [first, second] = await allOf(fileWith('conversations.json', JSON.stringify(chatgptExport)));
    expect(first).toMatchObject({
      kind: 'chatgpt',
      title: 'Backup of the NAS',
      trust: 'local',
      createdAt: new Date('2024-01-01T10:00:00.123Z'),
    });
    expect((first as ForeignText).text).toBe(
      '# Backup of the NAS\n\n**You**, 2024-01-01 10:00\n\n[image]\n\nHow do I back up Bertha?\n\n' +
        '**ChatGPT**, 2024-01-01 10:00\n\nUse restic every night.\n',
    );
    expect((second as ForeignText).text).toBe('');
    expect(linesOfText(second as ForeignText)).toBeUndefined();
  });

  it('come out of the zip as well, also where it is split', async () => {
    const zip = zipOf({
      'chat.html': '<html>',
      'conversations-000.json': JSON.stringify(chatgptExport.slice(0, 1)),
      'conversations-001.json': JSON.stringify(chatgptExport.slice(1)),
      'user.json': '{}',
    });
    expect(await allOf(fileWith('export.zip', zip))).toHaveLength(2);
  });
});

describe('conversations of Claude', () => {
  it('have words and what was sent along', async () => {
    const [only] = await allOf(
      fileWith('data.zip', zipOf({ 'conversations.json': JSON.stringify(claudeExport), 'users.json': '[]' })),
    );
    expect(only).toMatchObject({
      kind: 'claude',
      title: 'Garden plan',
      createdAt: new Date('2024-03-05T09:29:00Z'),
    });
    expect((only as ForeignText).text).toBe(
      '# Garden plan\n\n**You**, 2024-03-05 09:30\n\nWhat grows in the shade?\n\n[attachment soil.txt]\n\nclay, pH 6\n\n[file garden.png]\n\n' +
        '**Claude**, 2024-03-05 09:30\n\nFerns and hostas.\n',
    );
  });
});

describe('a conversation that was edited', () => {
  it('of Claude is the branch that was shown last, and all of it where it has no branches', async () => {
    const said = (uuid: string, parent: string, text: string) => ({
      uuid,
      parent_message_uuid: parent,
      sender: 'human',
      text,
    });
    const messages = [
      said('a', 'root', 'first'),
      said('b', 'a', 'as it was asked before'),
      said('c', 'b', 'its answer'),
      said('d', 'a', 'as it was asked again'),
      said('e', 'd', 'the last'),
    ];
    const textOf = async (more: object, taken = messages) => {
      const list = [{ name: 'n', chat_messages: taken, ...more }];
      const [found] = await allOf(fileWith('conversations.json', JSON.stringify(list)));
      return (found as ForeignText).text.replace(/# n|\*\*You\*\*|\n/g, '');
    };
    expect(await textOf({})).toBe('firstas it was asked againthe last');
    expect(await textOf({ current_leaf_message_uuid: 'c' })).toBe('firstas it was asked beforeits answer');
    expect(await textOf({ current_leaf_message_uuid: 'gone' })).toBe('firstas it was asked againthe last');
    expect(await textOf({}, messages.slice(0, 3))).toBe('firstas it was asked beforeits answer');
  });

  it('of ChatGPT whose last message was deleted is what is left', async () => {
    const [first] = chatgptExport;
    const [found] = await allOf(
      fileWith('conversations.json', JSON.stringify([{ ...first, current_node: 'deleted' }])),
    );
    expect((found as ForeignText).text).toContain('Use restic every night.');
  });
});

describe('a folder of Markdown', () => {
  it('says which links it has not followed, and goes round none', async () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'a.md'), 'a note');
    symlinkSync(folder, join(folder, 'deep', 'round'));
    symlinkSync('/etc/passwd', join(folder, 'b.md'));
    symlinkSync('/etc/hostname', join(folder, 'picture.png'));
    expect(await allOf(folder)).toMatchObject([
      { problem: 'b.md: it is a link, which is not followed' },
      { problem: 'deep/round: it is a link, which is not followed' },
      { title: 'a' },
    ]);
  });

  it('is read whatever the encoding of its names', async () => {
    const folder = tempDir();
    const deep = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('entw\u00fcrfe', 'latin1')]);
    mkdirSync(deep);
    writeFileSync(Buffer.concat([deep, Buffer.from('/caf\u00e9.md', 'latin1')]), 'closed on Mondays');
    writeFileSync(join(folder, '\u540d\u524d\n.md'), 'a name');
    expect(await foreignBytes(folder)).toBe(23);
    expect(await allOf(folder)).toMatchObject([
      { title: 'caf\u00e9', text: 'closed on Mondays' },
      { text: 'a name' },
    ]);
  });

  it('has no day where the one that it names is none, or of a year that no memory can have', async () => {
    const folder = tempDir();
    const days = ['soon', '+100000-01-01T00:00:00Z', '-000500-01-01T00:00:00Z', '0000-01-01', '99999-01-01'];
    for (const [at, day] of days.entries())
      writeFileSync(join(folder, `${at}.md`), `---\ncreated: ${day}\n---\nnote ${at}`);
    const found = (await allOf(folder)) as ForeignText[];
    expect(found).toHaveLength(days.length);
    for (const text of found)
      for (const line of linesOfText(text)?.lines ?? []) expect(memoryLine.parse(line)).toBeDefined();
    expect(found.map(({ createdAt }) => createdAt?.getUTCFullYear())).toEqual(
      days.map(() => new Date().getUTCFullYear()),
    );
  });

  it('of 10,000 notes is read one after the other', async () => {
    const folder = tempDir();
    for (let n = 0; n < 10_000; n += 1) writeFileSync(join(folder, `${n}.md`), `note ${n}`);
    const titles = new Set<string>();
    for await (const found of readForeign(folder)) if ('title' in found) titles.add(found.title);
    expect(titles.size).toBe(10_000);
  }, 60_000);

  it('is each note with its title, day and tags, hidden folders left out', async () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'deep'));
    mkdirSync(join(folder, '.obsidian'));
    writeFileSync(join(folder, '.obsidian', 'x.md'), 'hidden');
    writeFileSync(
      join(folder, 'a.md'),
      '---\ntitle: "The NAS"\ndate: 2023-05-06\ntags: [home, nas]\n---\nIt is called Bertha.\n',
    );
    writeFileSync(join(folder, 'deep', 'b.md'), 'Some words\n\n## Plants\n\nwater them\n');
    writeFileSync(join(folder, 'c.txt'), 'no note');
    writeFileSync(join(folder, 'd.md'), Buffer.from('caf\u00e9', 'latin1'));
    writeFileSync(join(folder, 'e.md'), Buffer.from('\uFEFF# Windows\n\nna\u00efve', 'utf16le'));
    const found = await allOf(folder);
    expect(found).toMatchObject([
      {
        title: 'The NAS',
        text: 'It is called Bertha.\n',
        createdAt: new Date('2023-05-06T00:00:00Z'),
        tags: ['home', 'nas'],
        trust: 'owner',
      },
      { problem: 'd.md: expected UTF-8 or UTF-16' },
      { title: 'Plants' },
      { title: 'Windows', text: '# Windows\n\nna\u00efve' },
    ]);
  });
});

describe('what is none of these', () => {
  it.each([
    ['x.json', '{"a": 1}', 'expected a list of conversations'],
    ['y.json', '[{"a": 1}]', 'expected a conversation of ChatGPT or Claude'],
    ['z.json', JSON.stringify(chatgptExport).slice(0, -40), 'it was cut'],
    ['e.json', '', 'got nothing'],
  ])('%s is a problem that says what was expected', async (name, content, problem) => {
    const found = await allOf(fileWith(name, content));
    expect(found.at(-1)).toEqual({ problem: expect.stringContaining(problem) as string });
  });

  it('is said of one conversation, and the others are taken', async () => {
    const list = [{ mapping: 5 }, null, ...chatgptExport, { chat_messages: [{ sender: 3 }] }];
    expect(await allOf(fileWith('mixed.json', JSON.stringify(list)))).toMatchObject([
      { problem: 'mixed.json, conversation 1: mapping: expected record, received number' },
      { problem: 'mixed.json, conversation 2: expected a conversation of ChatGPT or Claude' },
      { title: 'Backup of the NAS' },
      {},
      { problem: 'mixed.json, conversation 5: chat_messages.0.sender: expected string, received number' },
    ]);
  });

  it('is refused by its name, and so is an empty folder and a zip without any', async () => {
    await expect(allOf(fileWith('x.pdf', ''))).rejects.toThrow('expected an export of ninjad');
    await expect(allOf(tempDir())).rejects.toThrow('Markdown files');
    await expect(allOf(fileWith('x.zip', 'PK'))).rejects.toThrow('cannot be read as a zip');
    await expect(allOf(fileWith('x.zip', zipOf({ a: 'b' })))).rejects.toThrow('expected conversations.json');
  });
});

it('takes conversations that Windows has saved as UTF-16, wherever its pieces are cut', async () => {
  const text = JSON.stringify([{ a: 'é😀' }, 2]);
  const swapped = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  for (const bytes of [Buffer.from(`\uFEFF${text}`, 'utf16le'), swapped, Buffer.from(`\uFEFF${text}`)])
    for (const size of [1, 3, 1_000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const items = await listed(arrayItems(Readable.from(pieces) as AsyncIterable<Buffer>));
      expect(items.map((item) => JSON.parse(item) as unknown)).toEqual([{ a: 'é😀' }, 2]);
    }
});

it('takes the elements of a list one by one, wherever its pieces are cut', async () => {
  const list = [{ a: 'x]}"\\,é😀' }, [1, [2]], 'b,c', 4, null];
  const bytes = Buffer.from(JSON.stringify(list, null, 1));
  for (const size of [1, 2, 3, 7, 1_000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    const items = await listed(arrayItems(Readable.from(chunks) as AsyncIterable<Buffer>));
    expect(items.map((item) => JSON.parse(item) as unknown)).toEqual(list);
  }
});

it('makes lines that the daemon takes, in parts where a text is very long', () => {
  const made = linesOfText({
    kind: 'markdown',
    title: 'long\u0000',
    text: 'paragraph \uD83D\n\n'.repeat(100_000),
    createdAt: undefined,
    updatedAt: undefined,
    trust: 'owner',
    tags: [],
  });
  expect(made?.lines.length).toBe(3);
  for (const line of made?.lines ?? []) expect(memoryLine.safeParse(line).success).toBe(true);
  expect(made?.lines[2]?.title).toBe('long (3/3)');
});

describe('how much there is to read', () => {
  const conversations = JSON.stringify(chatgptExport);

  it.each([
    ['conversations.json', () => fileWith('conversations.json', conversations)],
    [
      'a zip',
      () =>
        fileWith(
          'x.zip',
          zipOf({ 'conversations.json': conversations, 'users.json': '[]', 'a.md': '# A\n\nB' }),
        ),
    ],
    ['a note', () => fileWith('a.md', '# A\n\nB')],
    [
      'a folder',
      () => {
        const folder = tempDir();
        writeFileSync(join(folder, 'a.md'), '# A\n\nB');
        writeFileSync(join(folder, 'conversations.json'), conversations);
        writeFileSync(join(folder, 'photo.jpg'), 'not read');
        return folder;
      },
    ],
  ])('is known before and told on the way, of %s', async (_, make) => {
    const path = make();
    let read = 0;
    const total = await foreignBytes(path);
    await listed(readForeign(path, (bytes) => (read += bytes)));
    expect(total).toBeGreaterThan(0);
    expect(read).toBe(total);
  });

  it('is nothing of what cannot be read', async () => {
    expect(await foreignBytes('/nowhere')).toBe(0);
    expect(await foreignBytes(fileWith('broken.zip', 'PK'))).toBe(0);
  });
});
