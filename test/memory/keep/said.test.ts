import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeTurns, labelledTurns, shapingDays } from '../../../bench/remember/judge.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { wordsToKeep } from '../../../src/memory/keep/said.ts';
import { utteranceOf } from '../../../src/memory/keep/utterance.ts';

describe('what the owner says', () => {
  it('is kept as it was said, whether or not a rule calls it a fact', () => {
    expect(wordsToKeep('the spare key is with Ulla in the blue house')).toEqual([
      { kind: 'note', content: 'the spare key is with Ulla in the blue house' },
    ]);
    expect(wordsToKeep('Hi! Marek said “never again” and left. Can you call him? I prefer tea.')).toEqual([
      { kind: 'preference', content: 'I prefer tea.' },
      { kind: 'note', content: 'Marek said “never again” and left.' },
    ]);
  });

  it('keeps the sentence that it leans on', () => {
    expect(wordsToKeep('My sister Clara lives in Graz. She turned the old mill into a studio.')).toEqual([
      { kind: 'fact', content: 'My sister Clara lives in Graz.' },
      { kind: 'note', content: 'My sister Clara lives in Graz. She turned the old mill into a studio.' },
    ]);
  });

  it.each([
    ['Hanna has our tent, can you ask her for it?', 'Hanna has our tent'],
    ['we got a new washing machine - what was the model of the old one?', 'we got a new washing machine'],
    ['Der Monteur kommt um acht, kannst du mich erinnern?', 'Der Monteur kommt um acht'],
    ['My sister Clara, is she allergic to nuts?', undefined],
    ['if it rains tomorrow, can you close the skylight?', undefined],
    ['is the shop open today, or is it closed?', undefined],
  ])('is kept where a question follows in the same sentence: %s', (message, content) => {
    expect(wordsToKeep(message).map((kept) => kept.content)).toEqual(content === undefined ? [] : [content]);
  });

  it('does not end at a title', () => {
    expect(wordsToKeep('My GP is Dr. Osei on Mill Lane.')).toEqual([
      { kind: 'fact', content: 'My GP is Dr. Osei on Mill Lane.' },
    ]);
  });

  it.each([
    ['who has the spare key?', 'question'],
    ['which of us has the drill', 'question'],
    ['oil for the floor', 'question'],
    ['wann kommt der Monteur', 'question'],
    ['鍵は誰が持っていますか', 'question'],
    ['أين المفتاح', 'question'],
    ['good morning', 'greeting'],
    ['vielen Dank dir', 'greeting'],
    ['prune the images then', 'command'],
    ['ok restart nginx on web-1', 'command'],
    ['erinnere mich an den Zahnarzt', 'command'],
    ['帮我写一封信', 'command'],
    ['in the cellar the light flickers since Monday, the switch is broken', 'statement'],
    ['der Heizungsmonteur kommt am Donnerstag', 'statement'],
    ['备用钥匙在王阿姨家', 'statement'],
    ['when it rains, the cellar floods', 'statement'],
    ["spare key's at Ulla's now", 'statement'],
    ['gate code 4471', 'statement'],
    ['dentist on the 14th at 9:30', 'statement'],
    ['Book club meets every second Tuesday', 'statement'],
    ['Order 4417 arrived today', 'statement'],
    ['Test results came back, all clear', 'statement'],
    ['Print shop closes at 5 on Fridays', 'statement'],
    ['Just got back from the vet, Luna needs drops twice a day', 'statement'],
    ["Can't eat dairy anymore", 'statement'],
    ['Had lunch with Priya; she is moving to Oslo in April', 'statement'],
    ['Planted garlic in the back bed', 'statement'],
    ['No meetings before ten please', 'statement'],
    ['Our landlord Mr Petrov only answers on WhatsApp', 'statement'],
    ['The pharmacy on Goethestraße delivers until six', 'statement'],
    ['The hotel charges 12 euros for parking', 'statement'],
    ['My brother repairs bikes in his spare time', 'statement'],
    ['Passport office appointment: 19 January, 10:15, window 4', 'statement'],
    ['flights to Porto in May', 'question'],
    ['the backup logs of nas-02', 'question'],
    ["hey ninja, how's it going", 'question'],
    ['danke, das reicht mir', 'greeting'],
    ['perfect, that fixed it', 'greeting'],
    ['gute Idee, so machen wir das', 'greeting'],
    ['weck mich um sieben', 'command'],
    ['De reservesleutel ligt bij Ulla', 'statement'],
    ['Zapasowy klucz ma Ulla', 'statement'],
    ['Herr Schmidt kommt morgen um neun', 'statement'],
    ['ERR 4712', 'question'],
    ['used by nginx', 'question'],
    ['I wonder who has the key', 'question'],
    ['I have a question', 'question'],
    ['où est la clé', 'question'],
    ['chi ha la chiave', 'question'],
    ['من لديه المفتاح', 'question'],
    ['Is Ulla home', 'question'],
    ['book me a table for two at eight', 'command'],
    ['order more coffee', 'command'],
    ['check if the backup is done', 'command'],
    ['Run the tests again and tell me what fails', 'command'],
    ['éteins la lumière', 'command'],
    ['apaga la luz', 'command'],
    ['把灯关掉', 'command'],
    ["that's all for today", 'greeting'],
  ])('is told apart by sentence: %s', (text, utterance) => {
    expect(utteranceOf(text)).toBe(utterance);
  });

  it('is nothing where text is quoted, pasted or handed over', () => {
    for (const text of [
      '> the key is with Tom\nWhat did he mean?',
      '```\nthe key is with Tom\n```',
      'translate: ich wohne in der Nähe des Bahnhofs',
      'The key is with Tom. '.repeat(1_000),
      '| key | Tom |\n| --- | --- |',
    ])
      expect(wordsToKeep(text)).toEqual([]);
  });

  it('takes any text', () => {
    for (const text of ['', '\0', '\ud800', '?', '```', '"', ' '.repeat(4_000), 'a '.repeat(2_000)])
      expect(() => wordsToKeep(text)).not.toThrow();
  });

  it('is seldom found in the searches of the recall benchmark, which were written for something else', () => {
    const searches = readFileSync(packagePath('bench', 'recall', 'owner', 'queries.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    const kept = searches.filter((text) => wordsToKeep(text).length > 0);
    console.log(`${kept.length} of ${searches.length} searches are taken for statements`, kept);
    expect(kept.length / searches.length).toBeLessThan(0.06);
  });
});

describe('six days of conversation, judged by labels', () => {
  const turns = labelledTurns();
  it.each([
    ['on which the rules were shaped', turns.filter(({ day }) => day <= shapingDays)],
    ['held out', turns.filter(({ day }) => day > shapingDays)],
  ])('keeps what is worth it on the days %s', (name, days) => {
    for (const { of, precision, recall, wrong } of judgeTurns(days)) {
      console.log(
        `${name}, ${of}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} of ${days.length} turns`,
        wrong,
      );
      expect(precision).toBeGreaterThanOrEqual(0.9);
      expect(recall).toBeGreaterThanOrEqual(0.8);
    }
  });
});
