import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons } from '../helpers/daemon.ts';
import { standbyCounts } from '../helpers/standby.ts';
import { type Fault, faults } from './faults.ts';
import { deedsSince, type Ledger, readDeeds } from './ledger.ts';
import { seededRandom } from './random.ts';
import { reliabilityText } from './report.ts';
import { playRound, type Round } from './round.ts';
import { type Scene, startScene } from './scene.ts';

const usage = `npm run test:faults [-- --seed NUMBER] [--rounds NUMBER] [--minutes NUMBER] [--only TEXT] [--record]

Runs the real daemon under load while things go wrong, chosen by a seed, and compares what is there afterwards with
what was sent. By default each fault once. --record writes RELIABILITY.md. Exit status 1 where a promise was broken.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
if (process.platform !== 'linux') {
  console.log('skipped: the faults are injected by way of /proc and signals of Linux');
  process.exit(0);
}

const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const endAt = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;
const random = seededRandom(seed);
const rounds: Round[] = [];
console.log(`seed ${seed}`);

let deeds: ReturnType<typeof readDeeds> = new Map();
let scene: Scene | undefined;
/** Tasks that agents started ahead have served, since each round's last start. */
let served = 0;

try {
  scene = await startScene();
  for (const [number, fault] of chosen().entries()) {
    if (Date.now() > endAt) break;
    console.log(`${fault.name} …`);
    const why = fault.missing?.(scene);
    if (why !== undefined) {
      console.log(`  skipped: ${why}`);
      continue;
    }
    const ledger: Ledger = { notes: new Set(), tasks: new Set(), movesClock: fault.movesClock === true };
    const round = await playRound(scene, { fault, number, ledger, random });
    rounds.push(round);
    const again = deedsSince(scene.daemon.home, deeds);
    if (again.length > 0) round.broken.push(`done again, rounds after they had ended: ${again.join(', ')}`);
    deeds = readDeeds(scene.daemon.home);
    const { used, givenUp } = await standbyCounts(scene.daemon);
    served += used;
    console.log(`  started ahead since this start: ${used} used, given up: ${JSON.stringify(givenUp)}`);
    const verdict = round.broken.length === 0 ? 'held' : round.broken.slice(0, 5).join('; ');
    console.log(`  ${verdict} (${round.tookMs} ms, ${round.rssMib} MiB)`);
  }
} finally {
  await endDaemons({ keepHomes: true });
  scene?.close();
  await endDaemons();
}

if (values.record)
  writeFileSync(packagePath('RELIABILITY.md'), reliabilityText({ seed, at: new Date(), rounds }));
const failed = rounds.filter(({ broken }) => broken.length > 0).length;
console.log(`${rounds.length - failed} passed, ${failed} failed`);
// Single rounds may be over before any stands.
const isWhole = [values.only, values.rounds, values.minutes].every((value) => value === undefined);
const lacksStandby = isWhole && served === 0;
if (lacksStandby) console.log('no agent that was started ahead has served a task: nothing is shown of them');
process.exit(failed === 0 && rounds.length > 0 && !lacksStandby ? 0 : 1);

/** Each fault, in an order of the seed, or as many as were asked for. */
function chosen(): Fault[] {
  const possible = faults.filter(({ name }) => name.includes(values.only ?? ''));
  if (values.rounds !== undefined)
    return Array.from({ length: Number(values.rounds) }, () => random.pick(possible));
  const order = possible.map((fault) => ({ fault, at: random.below(1e9) }));
  return order.sort((one, other) => one.at - other.at).map(({ fault }) => fault);
}
