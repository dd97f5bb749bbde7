import { createAlarm } from '../alerts/alarm.ts';
import { pingOut, whyUnwell } from '../alerts/ping.ts';
import { journalProblem } from '../lib/journal/vital.ts';
import { ownValue } from '../lib/own-value.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

const tickMs = 1_000;

/** Tells whoever watches this daemon that it lives, as long as it is well; what keeps it from that is logged once. */
export function pingLogic(services: Services) {
  const { database, journal, log, loop, settings } = services;
  let sentAt = -Infinity;
  let said: string | undefined;
  const say = (problem: string | undefined): void => {
    if (problem !== undefined && problem !== said)
      log.warn({ reason: problem }, 'the ping of alarm.pingUrl was not sent');
    if (problem === undefined && said !== undefined) log.info('the ping of alarm.pingUrl is sent again');
    said = problem;
  };
  return chore(services, 'the ping could not be sent', async (signal) => {
    const url = settings.get('alarm.pingUrl');
    if (url === null || performance.now() - sentAt < settings.get('alarm.pingEveryMs') - tickMs / 2) return;
    sentAt = performance.now();
    const unwell = await whyUnwell({
      isLoopWell: () => !loop.isStalled(),
      journalProblem: () => journalProblem(journal, services.paths.journal),
      store: database.store,
    });
    say(unwell ?? (await pingOut(url, signal)));
  });
}

/** Tells by other ways what is urgent and was not seen. */
export function alarmLogic(services: Services) {
  const { database, env, log, paths, programs, settings } = services;
  const passedOn = [
    'PATH',
    'HOME',
    'LANG',
    'TZ',
    'DISPLAY',
    'WAYLAND_DISPLAY',
    'XDG_RUNTIME_DIR',
    'DBUS_SESSION_BUS_ADDRESS',
  ];
  const look = createAlarm({
    settings,
    store: database.store,
    alertFile: paths.alert,
    programs,
    env: Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = ownValue(env, name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
    home: paths.home,
    now: () => new Date(),
    report: (problem) => log.warn(`an alarm could not be told: ${problem}`),
  });
  return chore(services, 'what was not seen could not be told', look);
}
