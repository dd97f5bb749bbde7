import { discordChecks } from '../discord/doctor.ts';
import { drafterChecks } from '../drafter/doctor.ts';
import { dashboardChecks } from '../faces/doctor.ts';
import { findingChecks } from '../findings/doctor.ts';
import { fleetChecks } from '../fleet/doctor.ts';
import { goalChecks } from '../goals/doctor.ts';
import { homeChecks } from '../lib/config/doctor.ts';
import type { Checks } from '../lib/doctor/subject.ts';
import { inferenceChecks } from '../lib/inference/doctor.ts';
import { journalChecks } from '../lib/journal/doctor.ts';
import { processChecks } from '../lib/process/doctor.ts';
import { storeChecks } from '../lib/store/doctor.ts';
import { wireChecks } from '../lib/wire/doctor.ts';
import { mailChecks } from '../mail/doctor.ts';
import { scheduleChecks } from '../schedule/doctor.ts';
import { sensorChecks } from '../sensors/doctor.ts';
import { spendChecks } from '../spend/doctor.ts';
import { storageChecks } from '../storage/doctor.ts';
import { agentChecks, taskChecks } from '../tasks/doctor.ts';
import { upkeepChecks } from '../upkeep/doctor.ts';
import { daemonChecks } from './check-daemon.ts';
import { lockChecks, machineChecks } from './check-machine.ts';
import type { Subject } from './subject.ts';

/** All checks in the order of the report: one line a concern or room. */
export const doctorChecks: Checks<Subject> = {
  ...machineChecks,
  ...homeChecks,
  ...lockChecks,
  ...processChecks,
  ...wireChecks,
  ...journalChecks,
  ...daemonChecks,
  ...dashboardChecks,
  ...storeChecks,
  ...storageChecks,
  ...agentChecks,
  ...inferenceChecks,
  ...taskChecks,
  ...scheduleChecks,
  ...goalChecks,
  ...spendChecks,
  ...sensorChecks,
  ...findingChecks,
  ...fleetChecks,
  ...discordChecks,
  ...mailChecks,
  ...drafterChecks,
  ...upkeepChecks,
};
