import { describe, expect, it } from 'vitest';
import { saysNothingNew, saysTheSame } from '../../../src/memory/keep/alike.ts';

describe('saying the same', () => {
  it.each([
    ['I prefer tea.', 'i prefer tea'],
    ['I LEFT IT IN THE CAR', 'I left it in the car'],
    ['The NAS is for backups', 'the nas is for backups'],
    ['The backup runs every night on the nas.', 'The backup runs every night on nas'],
    [
      'Please remember: the NAS stands in the cellar.',
      'The NAS stands in the cellar, please remember'.replace(', please remember', ''),
    ],
    ['Der Router steht im Keller.', 'Merk dir: der Router steht im Keller'],
    ['The spare key is with Mrs Petrova.', 'The spare key is with Mrs Petrova now.'],
    ['We moved the backups to nas-2.', 'We moved the backup to nas-2!'],
    ['My sister Ingrid lives in Bergen.', 'My sister Ingrid is living in Bergen.'],
    [
      'The boiler gets serviced in October each year',
      'The boiler gets serviced in October every year'.replace('every', 'each'),
    ],
  ])('holds for "%s" and "%s"', (one, other) => {
    expect([saysTheSame(one, other), saysTheSame(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['Disk tank on nas is at 91 percent.', 'Disk tank on nas is at 94 percent.'],
    ['My sister Ingrid lives in Bergen.', 'My sister Ingrid lives in Oslo.'],
    ['The backup runs every night.', 'The backup does not run every night.'],
    ['I prefer tea in the morning.', 'I never drink tea in the morning.'],
    [
      'The backup of the photo library goes to nas each night.',
      'The backup of the photo library goes to cloud each night.',
    ],
    ['We moved the backup from nas to cloud.', 'We moved the backup from cloud to nas.'],
    ['Bob owes Alice 50 euros.', 'Alice owes Bob 50 euros.'],
    ['Anna likes red wine with dinner.', 'Anna and Bert like red wine with dinner.'],
    ['The server was upgraded before the outage.', 'The server was upgraded after the outage.'],
    ['web-01 is in Hamburg', 'web-02 is in Hamburg'],
    ['The door is open.', 'The door is closed.'],
    ['Lena works in IT.', 'Lena works in it.'],
    ['The parcel is for the US.', 'The parcel is for us.'],
    ['We meet at 5 AM.', 'We meet at 5.'],
    ['The lease ends on 31 August 2026.', 'The lease ends on 31 August 2027.'],
    ['The old router is in the attic.', 'The new router is in the attic.'],
    ['yes', 'no'],
    ['', 'something'],
    ['👍', '👎'],
    ['Ich esse Fleisch.', 'Ich esse kein Fleisch.'],
    ['Ich esse Fleisch.', 'Ich esse nie Fleisch.'],
    ['Je mange de la viande.', 'Je ne mange pas de viande.'],
    ['Je mange de la viande.', 'Je mange pas de la viande.'],
    ['Mangio carne.', 'Non mangio carne.'],
    ['Como carne.', 'No como carne.'],
    ['Eu como carne.', 'Eu não como carne.'],
    ['Ik eet vlees.', 'Ik eet geen vlees.'],
    ['Syön lihaa.', 'En syö lihaa.'],
    ['Varmuuskopio on valmis.', 'Varmuuskopio ei ole valmis.'],
    ['Varmuuskopio on valmis.', 'Varmuuskopio ei on valmis.'],
    ['Jag äter kött.', 'Jag äter inte kött.'],
    ['Jeg spiser kjøtt.', 'Jeg spiser ikke kjøtt.'],
    ['Jem mięso.', 'Nie jem mięsa.'],
    ['Jem mięso.', 'Nie jem mięso.'],
    ['Я ем мясо.', 'Я не ем мясо.'],
    ['Eszem húst.', 'Nem eszem húst.'],
    ['Et yerim.', 'Et yemem.'],
    ['我吃肉。', '我不吃肉。'],
    ['肉を食べます。', '肉を食べません。'],
    ['Eu como.', 'Eu como?'],
    ['The tank is non empty.', 'The tank is empty.'],
    ['I finished the report.', 'I almost finished the report.'],
    ['I sleep well on trains.', 'I hardly sleep well on trains.'],
    ['There is time for the visit.', 'There is little time for the visit.'],
    ['The backup is on nas-2.', 'The offsite backup is on nas-2.'],
    ['He works hard for the club.', 'He works hardly for the club.'],
    ['Do not restart the nas.', 'Do not restart the nas now.'],
    ['The freezer is at 18 degrees.', 'The freezer is at -18 degrees.'],
    ['I paid 50 € for the pump.', 'I paid 50 $ for the pump.'],
    ['The load is > 5.', 'The load is < 5.'],
    ['Tengo 30 años.', 'Tengo 30 anos.'],
    ['My wine is in the cellar.', 'My win is in the cellar.'],
    ['The lamp fails at night.', 'The lamp failed at night.'],
    ['The landlord of my flat is William.', 'The landlord of my flat is Williams.'],
    ['My train is at five.', 'My training is at five.'],
    ['The build of the app is broken.', 'The building of the app is broken.'],
    ['I write it in C#.', 'I write it in C.'],
    ['Backup ✓', 'Backup ✗'],
    ['The song is in B♭.', 'The song is in B.'],
    ['I root for 🇩🇪 in the cup', 'I root for 🇫🇷 in the cup'],
    ['My blood type is A-.', 'My blood type is A.'],
    ['The ratio is 1:5.', 'The ratio is 1.5.'],
    ['We meet on 3/4 at the gate.', 'We meet on 3.4 at the gate.'],
    ['Das Licht ist an.', 'Das Licht ist.'],
    ['Ekmek için un al.', 'Ekmek için al.'],
    ['La vi ayer.', 'Lo vi ayer.'],
    ['Je le vois demain.', 'Je la vois demain.'],
    ['I like to see him die.', 'I like to see him.'],
  ])('does not hold for "%s" and "%s"', (one, other) => {
    expect([saysTheSame(one, other), saysTheSame(other, one)]).toEqual([false, false]);
  });
});

describe('saying nothing new', () => {
  const known = 'The spare key of the allotment is with Mrs Petrova at number 12, on the left.';
  it('holds for a part of what is known, framed in a few words', () => {
    expect(saysNothingNew('The spare key of the allotment is with Mrs Petrova.', known)).toBe(true);
    expect(
      saysNothingNew('You told me: the spare key of the allotment is with Mrs Petrova at number 12.', known),
    ).toBe(true);
  });
  it('does not hold for another subject, another number, or nothing', () => {
    expect(saysNothingNew('The key of the garage is with the caretaker at number 14.', known)).toBe(false);
    expect(saysNothingNew('', known)).toBe(false);
  });
  const long =
    'The heating of the holiday flat in Sylt is serviced by Mr Jansen every second Tuesday of October at nine in the morning.';
  it.each([
    ['another number', long.replace('nine', 'ten')],
    ['another date', long.replace('October', 'November')],
    ['another name', long.replace('Jansen', 'Petersen')],
    ['another word', long.replace('heating', 'boiler')],
    ['a negation', long.replace('is serviced', 'is not serviced')],
    ['a word more', long.replace('is serviced', 'is hardly serviced')],
    ['a word of another language', long.replace('is serviced', 'is nicht serviced')],
    ['a word less', long.replace('second ', '')],
    [
      'its beginning alone, told otherwise',
      'The heating of the holiday flat in Amrum is serviced by Mr Jansen.',
    ],
  ])('does not hold for a correction: %s', (_, corrected) => {
    expect(saysNothingNew(corrected, long)).toBe(false);
    expect(saysNothingNew(`As you told me, ${corrected}`, long)).toBe(false);
  });
  it.each([
    ['I eat meat.', 'I eat meat only on Sundays.'],
    ['Restart the nas.', 'Do not restart the nas.'],
    ['The key is with Anna.', 'The key is with Anna no longer.'],
    ['The shop is open.', 'The shop is open on no Sunday.'],
    ['Der Laden ist offen.', 'Der Laden ist offen außer sonntags.'],
    ['Der Laden ist offen.', 'Der Laden ist offen in Berlin, sonst nicht.'],
    ['Die Heizung läuft.', 'Die Heizung läuft in der Nacht nicht.'],
    ['Olga does not want to work.', 'Olga does not want to work on Sundays.'],
    ['Nobody may use the pool.', 'Nobody may use the pool in winter.'],
    ["I can't eat nuts.", "I can't eat nuts in cake."],
    ['Only run the backup.', 'Only run the backup at night.'],
    ['I stopped smoking.', 'I stopped smoking at home.'],
    ['The shop is open.', 'The shop is open on Sundays.'],
  ])('does not hold for %j where %j is known', (text, whole) => {
    expect(saysNothingNew(text, whole)).toBe(false);
  });
  it('holds for sentences that all stand there', () => {
    const two = 'The NAS is in the cellar. Its fan is loud.';
    expect(saysNothingNew('Its fan is loud. The NAS is in the cellar.', two)).toBe(true);
    expect(saysNothingNew('Its fan is loud. The NAS is in the attic.', two)).toBe(false);
  });
});
