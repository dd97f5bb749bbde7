import { describe, expect, it } from 'vitest';
import { changesWhatWasSaid, saysChange } from '../../../src/memory/keep/change.ts';
import { keysOf } from '../../../src/memory/keep/keys.ts';
import { replaces } from '../../../src/memory/keep/thing.ts';

const isReplaced = (older: string, newer: string): boolean =>
  replaces(newer, older) || changesWhatWasSaid(newer, older);

describe('a statement in the place of an older one', () => {
  it.each([
    ["Our vet's address is 12 Mill Lane", 'The vet has moved to 40 Station Road'],
    ['Sabine wohnt in der Lindenstraße 4', 'Sabine ist in die Bergstraße 17 umgezogen'],
    ['Paul habite à Nantes', 'Paul a déménagé à Brest'],
    ['The lease ends on 30 June', 'The lease was extended until 31 December'],
    ['La réunion est lundi à 10h', 'La réunion est reportée à mercredi'],
    [
      'Der Zahnarzttermin ist am 4. Dezember um 9 Uhr',
      'Der Zahnarzttermin wurde auf den 11. Dezember verschoben',
    ],
    ['Mi médico es el doctor Ruiz', 'Mi nuevo médico es la doctora Vega'],
    ['Lunch at school is 3.80', 'Lunch at school went up to 4.20'],
    ["Anna's phone number is 555 1234", "Anna's new number is 555 9876"],
    ['The bins are collected on Mondays', 'The bins are collected on Thursdays now'],
    ['We meet at the Crown on Fridays', 'We meet at the Anchor from now on'],
    ['The car is parked on Elm Street', 'I parked the car on Oak Road'],
    ['The thermostat is set to 20 degrees', 'I set the thermostat to 18 degrees'],
    ['Tom works at Siemens', 'Tom quit, he works at Bosch now'],
    ['The server runs Debian 11', 'The server runs Debian 12 now'],
    ['the ladder is in the garage', 'I moved the ladder to the shed'],
    ['The flight to Oslo leaves at 14:20', 'The flight to Oslo was moved to 16:05'],
    ['Our internet provider is Telekom', 'We switched our internet provider to Vodafone'],
    ['Paula is vegetarian', 'Paula is not vegetarian any more'],
    ['The office is on the third floor', 'The office moved to the fifth floor'],
    ['The gym membership costs 40 euros', 'The gym raised the membership to 55 euros'],
    ['The parcel is at the neighbours', 'I picked up the parcel, it is in the hall'],
    ['Max is on call this week', 'Julia is on call instead of Max'],
    ['The wifi is called Kiosk', 'We renamed the wifi to Harbour'],
    ['The filter is the Intenza', 'I was wrong about the filter: it is the Maxtra, not the Intenza'],
    ['the plumber comes on Tuesday', 'the plumber comes on Thursday, not on Tuesday'],
    ['The car is a Volvo', 'The car is a Tesla'],
    ['the alarm code is with Jo', 'Bea has the alarm code'],
    ['Der Termin beim Arzt ist am Montag', 'Der Termin beim Arzt wurde auf Mittwoch verschoben'],
    ['Le loyer est de 900 euros', 'Le loyer est maintenant de 950 euros'],
    ['Mi médico es el doctor Ruiz', 'Mi médico ahora es la doctora Gil'],
    ['会议在星期二下午三点', '会议改到星期四上午十点'],
    ['合鍵は山田さんが持っています', '合鍵は今、田中さんが持っています'],
    ['المفتاح عند سعاد', 'المفتاح الآن عند علا'],
  ])('is %j → %j', (older, newer) => {
    expect(isReplaced(older, newer)).toBe(true);
  });

  it.each([
    ['The cat is black', 'The cat is old now'],
    ['I was in Rome in March', 'I was in Paris in May'],
    ['The flight to Porto leaves at 7:10', 'The flight from Porto leaves at 18:40'],
    ['Lena likes tea', 'Lena likes football now'],
    ['Tom has a dog', 'Tom has a cat now'],
    ['The server runs nginx', 'The server runs Debian 12 now'],
    ['I bought a bike for Lena', 'I bought a new bike'],
    ['Ulla lives in the blue house', 'Ulla is not at home now'],
    ['Ulla is home', 'Tom is home now'],
    ['My brother is a German', 'My brother is a Bavarian'],
    ['I live in Paris', "I'm in Hamburg until Wednesday"],
    ['the nas holds the photos', 'the nas now holds the videos too'],
    ['Ida is allergic to nuts', 'Noah is not allergic to nuts'],
    ['Tom works at Siemens', 'Anna works at Bosch now'],
    ['the key of the shed is with Ulla', 'the key of the garage is with Tom now'],
    ['I drink coffee in the morning', 'I drink tea in the evening now'],
    ['The invoice of March was 400 euros', 'The invoice of April was 450 euros'],
    ['Emma starts school in August', 'Emma starts piano lessons in September now'],
    ['The boiler was serviced in March', 'The boiler was not serviced in April'],
    ['The red pan is in the dishwasher', 'Never put the red pan in the dishwasher'],
    ['My doctor is Dr. Lin', 'My doctor is in Berlin'],
  ])('is not seen in %j and %j', (older, newer) => {
    expect(isReplaced(older, newer)).toBe(false);
  });

  it('is looked for only where it says that something has changed', () => {
    expect(keysOf('The bins are collected on Thursdays now').things).toContain('change');
    expect(keysOf('The bins are collected on Thursdays').things).toEqual([]);
    expect(saysChange(`It is otherwise now. ${'And so on. '.repeat(100)}`)).toBe(false);
  });
});
