import { between, pick, type Random, seededRandom } from './random.ts';

/** A generated memory of the crowd that latencies are measured among. */
export interface CrowdMemory {
  kind: 'note' | 'fact' | 'event' | 'task_result';
  content: string;
  source: string;
  trust: 'owner' | 'local' | 'untrusted';
}

type Phrase = (random: Random) => string;

const people =
  'Amara Bo Carla Dmitri Elif Farid Greta Hiro Ines Jamal Katya Luca Mei Noor Oskar Paula Quinn Rosa Sven Tomas'.split(
    ' ',
  );
const surnames =
  'Abend Brandt Castillo Dunne Eriksen Fabbri Grover Hoang Ivers Jurado Keller Lindqvist Marsh Novak Okafor Price Quist Rhee Salas Turner'.split(
    ' ',
  );
const roles =
  'billing-api,build,cache,camera,chat,gate,grafana,ledger,mail,media,nas,printer,proxy,queue,registry,router,search,sensor,vault,web'.split(
    ',',
  );
const services =
  'nginx postgres redis sshd restic prometheus jellyfin mosquitto samba dovecot caddy borg'.split(' ');
const troubles =
  'timed out,ran out of memory,lost its lease,refused the connection,filled its disk,failed its health check,was restarted by the watchdog,dropped packets,served stale data,could not reach its replica'.split(
    ',',
  );
const reliefs =
  'a restart helped,rolling back helped,the certificate had expired,a cron job overlapped with itself,the cable was loose,the quota was raised,nobody knows why,the log was full of retries,the new kernel was at fault,it healed by itself'.split(
    ',',
  );
const errands =
  'pick up the parcel,renew the passport,call the plumber,water the tomatoes,pay the dentist,book the ferry,return the library books,change the winter tyres,order coffee filters,sharpen the kitchen knives'.split(
    ',',
  );
const foods =
  'lentil soup,rye bread,mushroom risotto,apple cake,tofu curry,onion tart,bean stew,pumpkin gnocchi,fish pie,plum jam'.split(
    ',',
  );
const tastes =
  'needs more salt,is better the next day,froze well,was too sweet for the children,takes forty minutes,works with half of the butter,burnt at 220 degrees,feeds six'.split(
    ',',
  );
const places =
  'Aarhus Bergamo Cork Delft Evora Freiburg Ghent Hobart Izmir Jena Kyoto Lisbon Malmo Nantes Oslo Porto'.split(
    ' ',
  );
const topics =
  'the budget,the roof,the data migration,the school concert,the insurance claim,the garden fence,the release,the audit,the lease,the bicycle tour'.split(
    ',',
  );
const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const onsets = 'b br c cl d dr f g gr h k l m n p pr r s st t tr v w z'.split(' ');
const nuclei = 'a e i o u ai ea ou'.split(' ');

const person: Phrase = (random) =>
  random() < 0.5 ? pick(random, people) : `${pick(random, people)} ${pick(random, surnames)}`;
const host: Phrase = (random) => `${pick(random, roles)}-${String(between(random, 1, 40)).padStart(2, '0')}`;
const code: Phrase = (random) =>
  `${pick(random, ['ERR', 'INC', 'TKT', 'PO', 'RMA'])}-${between(random, 1000, 9999)}`;
const day: Phrase = (random) =>
  `${between(random, 1, 28)} ${pick(random, months)} ${between(random, 2023, 2026)}`;
const address: Phrase = (random) =>
  `10.${between(random, 0, 40)}.${between(random, 0, 255)}.${between(random, 1, 254)}`;
const clock: Phrase = (random) => `${between(random, 7, 21)}:${pick(random, ['00', '15', '30', '45'])}`;
/** A made-up word, so that the vocabulary keeps growing with the number of memories as real vocabularies do. */
const brand: Phrase = (random) => {
  const word = Array.from(
    { length: between(random, 2, 3) },
    () => pick(random, onsets) + pick(random, nuclei),
  ).join('');
  return word.slice(0, 1).toUpperCase() + word.slice(1);
};

const sentences: readonly [CrowdMemory['kind'], Phrase][] = [
  [
    'event',
    (r) => `${host(r)} ${pick(r, troubles)} at ${clock(r)} on ${day(r)} (${code(r)}); ${pick(r, reliefs)}.`,
  ],
  [
    'event',
    (r) =>
      `${pick(r, services)} on ${host(r)} ${pick(r, troubles)}, load ${between(r, 1, 60)}, disk at ${between(r, 20, 99)}%.`,
  ],
  [
    'event',
    (r) =>
      `Backup of ${host(r)} took ${between(r, 3, 340)} minutes and wrote ${between(r, 1, 900)} GiB; ${pick(r, services)} was paused.`,
  ],
  ['fact', (r) => `${host(r)} has the address ${address(r)} and runs ${pick(r, services)} for ${brand(r)}.`],
  [
    'fact',
    (r) => `${person(r)} works for ${brand(r)} in ${pick(r, places)} and looks after ${pick(r, topics)}.`,
  ],
  [
    'fact',
    (r) =>
      `The serial number of the ${brand(r)} is ${code(r)}, bought on ${day(r)} for ${between(r, 20, 900)} euros.`,
  ],
  ['note', (r) => `${person(r)} asked about ${pick(r, topics)}; I promised an answer by ${day(r)}.`],
  ['note', (r) => `Remember to ${pick(r, errands)} before ${day(r)}, ${person(r)} will come along.`],
  ['note', (r) => `The ${pick(r, foods)} from ${brand(r)} ${pick(r, tastes)}; ${person(r)} liked it.`],
  [
    'note',
    (r) =>
      `Met ${person(r)} and ${person(r)} in ${pick(r, places)} about ${pick(r, topics)}, next time on ${day(r)} at ${clock(r)}.`,
  ],
  [
    'task_result',
    (r) =>
      `why was ${host(r)} slow?\n→ ${pick(r, services)} ${pick(r, troubles)}: ${pick(r, reliefs)}. See ${code(r)}.`,
  ],
  [
    'task_result',
    (r) =>
      `what did ${person(r)} write about ${pick(r, topics)}?\n→ A mail of ${day(r)}: ${brand(r)} would like to meet in ${pick(r, places)}.`,
  ],
];

const sources = { note: 'shell', fact: 'cli', event: 'cron:watch', task_result: 'cli' } as const;

/** An endless, always equal row of plausible memories: one to three sentences each, from hosts to recipes. */
export function* crowd(seed: number): Generator<CrowdMemory> {
  const random = seededRandom(seed);
  for (;;) {
    const [kind, first] = pick(random, sentences);
    const more = Array.from({ length: between(random, 0, 2) }, () => pick(random, sentences)[1](random));
    const mailed = kind === 'note' && random() < 0.2;
    yield {
      kind,
      content: [first(random), ...more].join(' '),
      source: mailed ? 'email:home' : sources[kind],
      trust: mailed ? 'untrusted' : kind === 'event' ? 'local' : 'owner',
    };
  }
}
