import { describe, expect, it } from 'vitest';
import { entityName } from '../../../src/graph/extract/canonical.ts';
import { extract } from '../../../src/graph/extract/extract.ts';
import { createGazetteer } from '../../../src/graph/extract/gazetteer.ts';
import { sentencesOf } from '../../../src/graph/extract/plain-text.ts';
import { extractFrom, generousLimits } from '../../helpers/graph-fixtures.ts';

const relationsOf = (text: string): string[] =>
  extractFrom(text).relations.map(
    ({ subject, predicate, object }) => `${subject.name} ${predicate} ${object.name}`,
  );
const namesOf = (text: string): string[] =>
  extractFrom(text).entities.map(({ kind, name }) => `${kind}: ${name}`);

describe('relations drawn from a sentence', () => {
  it.each([
    ['Bob Miller works at Siemens.', ['Bob Miller work_at Siemens']],
    [
      'Lena lives in Hamburg and works for Airbus.',
      ['Lena live_in Hamburg', 'Lena work_for Airbus', 'Hamburg mentioned_with Airbus'],
    ],
    ['nginx was restarted by Bob Miller.', ['Bob Miller restart nginx']],
    ['nginx was restarted on web-01.', ['nginx restarted_on web-01']],
    [
      'web-01 rebooted and Bob Miller called Anna Schmidt.',
      [
        'Bob Miller call Anna Schmidt',
        'web-01 mentioned_with Bob Miller',
        'web-01 mentioned_with Anna Schmidt',
      ],
    ],
    ['backup-job on nas', ['backup-job on nas']],
    ['Bob Miller <bob@example.org>', ['Bob Miller has_address bob@example.org']],
    ['web-02 runs nginx 1.25.', ['web-02 run nginx', 'nginx has_version nginx 1.25']],
    ['Bob Miller does not work at Siemens.', ['Bob Miller mentioned_with Siemens']],
    ['Bob Miller looks after web-01.', ['Bob Miller look_after web-01']],
    ['Anna Schmidt is looking after web-01.', ['Anna Schmidt look_after web-01']],
    ['Anna Schmidt set up web-01.', ['Anna Schmidt set_up web-01']],
    ['Bob Miller does not look after web-01.', ['Bob Miller mentioned_with web-01']],
    ['Tom, Anna Schmidt', ['Tom mentioned_with Anna Schmidt']],
    ['nas is up', []],
  ])('%s', (text, expected) => {
    expect(relationsOf(text)).toEqual(expected);
  });

  it('are at most twelve pairs that merely stand together', () => {
    const hosts = Array.from({ length: 12 }, (_, index) => `web-${index}`).join(' ');
    expect(relationsOf(hosts)).toHaveLength(12);
  });
});

it('leaves an entity of HTML as it stands that only an object would know', () => {
  expect(sentencesOf('<p>Tea &amp; milk &constructor; &toString; are out.</p>')).toEqual([
    'Tea & milk &constructor; &toString; are out.',
  ]);
});

describe('names drawn from a text', () => {
  it('takes a short form for the full name of the same text, and only where there is one such name', () => {
    expect(namesOf('Bob Miller came. Bob was late.')).toEqual(['person: Bob Miller']);
    expect(namesOf('Bob Miller met Bob Fischer. Bob was late.')).toEqual([
      'person: Bob Miller',
      'person: Bob Fischer',
      'person: Bob',
    ]);
    expect(extractFrom('Bob Miller came. Bob was late.').aliases).toEqual([]);
  });

  it('finds an alias where the text says that it is one', () => {
    const aliases = (text: string) =>
      extractFrom(text).aliases.map(({ of, alias }) => `${alias.name} = ${of.name}`);
    expect(aliases('Robert Fischer, also known as Bobby, came.')).toEqual(['Bobby = Robert Fischer']);
    expect(aliases('He is at the Technical University of Denmark (TUD).')).toEqual([
      'TUD = Technical University of Denmark',
    ]);
    expect(aliases('Robert Fischer (Friday) and Bobby came.')).toEqual([]);
  });

  it('knows names that it was told, in small letters where they are written so', () => {
    const known = [
      { kind: 'host' as const, key: 'basement', name: 'basement' },
      { kind: 'person' as const, key: 'mark', name: 'Mark' },
      { kind: 'person' as const, key: 'li wei', name: 'Li Wei' },
    ];
    const names = (text: string) => extractFrom(text, known).entities.map(({ name }) => name);
    expect(names('basement is down')).toEqual(['basement']);
    expect(names('mark this as done')).toEqual([]);
    expect(names('Mark is here, li wei too')).toEqual(['Mark', 'Li Wei']);
  });

  it('takes what the NER model saw, unless the shape of a name says otherwise', () => {
    const text = 'nas belongs to zhang wei';
    const named = [
      [
        { kind: 'organisation' as const, text: 'nas', start: 0, end: 3, score: 0.99 },
        { kind: 'person' as const, text: 'zhang wei', start: 15, end: 24, score: 0.97 },
        { kind: 'place' as const, text: 'belongs', start: 4, end: 11, score: 0.3 },
      ],
    ];
    const found = extract(sentencesOf(text), {
      gazetteer: createGazetteer([]),
      limits: generousLimits,
      named,
    });
    expect(found.entities.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
      'host: nas',
      'person: zhang wei',
    ]);
  });

  it.each(['', ' \n\t ', '\0\0\0', '\ud800 \udfff', '!!! ??? ...', '{}[]()<>', '🙂🙂🙂'])(
    'finds nothing in %j',
    (text) => {
      expect(extractFrom(text)).toEqual({ entities: [], relations: [], aliases: [] });
    },
  );

  it('reads around NUL, lone surrogates and marks that reorder text', () => {
    expect(namesOf('nas\0 is \ud800 run by \u202eBob Miller\u202c')).toEqual([
      'host: nas',
      'person: Bob Miller',
    ]);
  });

  it('reads HTML as its text, without scripts', () => {
    const html = `<html><head><title>Bob Jones</title><style>nas{}</style></head><body><p>Anna&nbsp;Schmidt</p>
      <script>var host = "web-99";</script><div>restarted <b>nginx</b> on web-01</div><p unclosed`;
    expect(namesOf(html)).toEqual(['person: Anna Schmidt', 'service: nginx', 'host: web-01']);
  });

  it('reads mixed scripts, and no letters of theirs as names', () => {
    expect(namesOf('Встреча: nas を再起動しました, Anna Schmidt كتبت.')).toEqual([
      'host: nas',
      'person: Anna Schmidt',
    ]);
  });

  it('bounds what a text of 5 MB or of ten thousand names can add', () => {
    const first = ['Aaron', 'Berta', 'Carla', 'Dennis', 'Edwin', 'Felix', 'Greta', 'Hanna'];
    const mail = Array.from(
      { length: 10_000 },
      (_, index) => `${first[index % 8] ?? ''} Fakename${letters(index)} called.`,
    ).join(' ');
    const limits = { entities: 30, relations: 40 };
    const found = extract(sentencesOf(mail), { gazetteer: createGazetteer([]), limits });
    expect(found.entities).toHaveLength(30);
    expect(found.relations.length).toBeLessThanOrEqual(40);
    const huge = sentencesOf('word nas '.repeat(600_000));
    expect(huge.length).toBeLessThanOrEqual(200);
    expect(Math.max(...huge.map((sentence) => sentence.length))).toBeLessThanOrEqual(400);
    expect(sentencesOf('x'.repeat(5_000_000)).length).toBeLessThanOrEqual(200);
    expect(sentencesOf('<script>'.repeat(600_000))).toEqual([]);
  });

  it('keeps snippets short, whole in their characters, and around the name', () => {
    const text = `${'🙂 und '.repeat(40)} nas ${'🙂 oder '.repeat(15)}`;
    const snippet = extractFrom(text).entities[0]?.snippet ?? '';
    expect(snippet).toContain('nas');
    expect(snippet.length).toBeLessThanOrEqual(200);
    expect(snippet).toBe(Buffer.from(snippet).toString());
  });
});

/** 0 → a, 27 → bb: words without digits. */
function letters(index: number): string {
  return index < 26
    ? String.fromCharCode(97 + index)
    : letters(Math.floor(index / 26) - 1) + letters(index % 26);
}

describe('the names of a gazetteer', () => {
  it('are found however they are accented or punctuated, the longest first', () => {
    const names = ['José Álvarez', 'José', 'Acme & Sons'].flatMap((text) => entityName('person', text) ?? []);
    const find = (text: string) =>
      createGazetteer(names)
        .find(text)
        .map(({ name, start, end }) => [name, text.slice(start, end)]);
    expect(find("Jose Alvarez's car, José!")).toEqual([
      ['José Álvarez', 'Jose Alvarez'],
      ['José', 'José'],
    ]);
    expect(find('')).toEqual([]);
  });
});
