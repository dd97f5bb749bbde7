import { describe, expect, it } from 'vitest';
import { proseOf } from '../../../src/memory/keep/sentences.ts';

describe('the sentences of a message', () => {
  it.each([
    ['She said no. Why? Nobody knows!', ['She said no.', 'Why?', 'Nobody knows!']],
    ['Oma hat am 3. März Geburtstag. Wir backen.', ['Oma hat am 3. März Geburtstag.', 'Wir backen.']],
    ['Wir sind vom 3. bis zum 5. Mai weg. Gut so.', ['Wir sind vom 3. bis zum 5. Mai weg.', 'Gut so.']],
    ['Sie kommt am 14. Kannst du sie anrufen?', ['Sie kommt am 14.', 'Kannst du sie anrufen?']],
    ['My GP is Dr. Osei. Anna K. Berg was before.', ['My GP is Dr. Osei.', 'Anna K. Berg was before.']],
    ['It is plan B. Then we go.', ['It is plan B.', 'Then we go.']],
    ['No. Call No. 5, Tel. 0151 22.', ['No.', 'Call No. 5, Tel. 0151 22.']],
    ['Nimm Obst, z. B. Äpfel. Danke.', ['Nimm Obst, z. B. Äpfel.', 'Danke.']],
    ['钥匙在王阿姨家。明天拿。', ['钥匙在王阿姨家。', '明天拿。']],
  ])('%s', (message, sentences) => {
    expect(proseOf(message)).toEqual(sentences);
  });

  it('are without code, quotations and tables', () => {
    expect(proseOf('Look:\n```\nrm -rf x. Done.\n```\n> he wrote\n| a | b |\n- the key is with Tom')).toEqual(
      ['Look:', 'the key is with Tom'],
    );
  });
});
