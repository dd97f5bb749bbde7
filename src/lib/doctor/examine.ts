import { messageOf } from '../errors.ts';
import { checkAgent, checkLogin, checkTraps } from './check-agent.ts';
import { checkContainment, checkUnit } from './check-containment.ts';
import { checkDaemon, checkDeadLetters, checkSpend, checkTree } from './check-daemon.ts';
import { checkDatabase, checkLeftData } from './check-database.ts';
import { checkConfig, checkDisk, checkHome, checkPipe, checkSpool } from './check-home.ts';
import { checkClock, checkLocker, checkNode, checkSandbox, checkSplice } from './check-machine.ts';
import { checkModels } from './check-models.ts';
import { fail, type Finding, type NamedFinding } from './finding.ts';
import { inTime, type Subject } from './subject.ts';

type Check = (subject: Subject) => Finding | Promise<Finding>;

/** All checks in the order of the report. */
const checks: Readonly<Record<string, Check>> = {
  node: () => checkNode(),
  clock: () => checkClock(),
  home: checkHome,
  disk: (subject) => checkDisk(subject),
  config: checkConfig,
  lock: checkLocker,
  pipe: checkPipe,
  spool: (subject) => checkSpool(subject),
  splice: () => checkSplice(),
  daemon: checkDaemon,
  tree: checkTree,
  database: checkDatabase,
  'other data': checkLeftData,
  agent: checkAgent,
  login: checkLogin,
  environment: checkTraps,
  processes: checkContainment,
  'systemd unit': (subject) => checkUnit(subject),
  models: checkModels,
  'dead letters': checkDeadLetters,
  spending: checkSpend,
  sandbox: checkSandbox,
};

const checkMs = 30_000;

/** Runs every check; one that fails itself, or hangs, is a finding too. In the order of the report. */
export async function examine(subject: Subject): Promise<NamedFinding[]> {
  return await Promise.all(
    Object.entries(checks).map(async ([check, look]) => ({ check, ...(await lookInTime(look, subject)) })),
  );
}

async function lookInTime(look: Check, subject: Subject): Promise<Finding> {
  try {
    return await inTime(
      Promise.resolve().then(() => look(subject)),
      checkMs,
    );
  } catch (thrown) {
    return fail(
      `it could not be examined: ${messageOf(thrown)}`,
      'a check that runs',
      'this may be a bug of ninjad',
    );
  }
}
