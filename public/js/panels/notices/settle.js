import { toast } from '../../components/toasts.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';

const morningHour = 8;

/** Tomorrow morning, as ISO 8601. @param {Date} [now] */
export function tomorrowMorning(now = new Date()) {
  const at = new Date(now);
  at.setDate(at.getDate() + 1);
  at.setHours(morningHour, 0, 0, 0);
  return at.toISOString();
}

/**
 * Marks notices as seen, with a way back.
 * @param {{ ids: number[] } | { until: number }} which
 * @param {() => void} undo shows them again, where the daemon could not keep it or the owner wants them back
 */
export async function see(which, undo) {
  const answer = await act('notices.see', which, { undo });
  if (answer === undefined || answer.ids.length === 0) return;
  const back = () => {
    undo();
    void act('notices.later', { ids: answer.ids, until: null });
  };
  toast(answer.ids.length === 1 ? 'Seen.' : `${plural(answer.ids.length, 'notice')} seen.`, {
    action: { label: 'Undo', run: back },
  });
}

/**
 * Has a notice told again tomorrow morning, with a way back.
 * @param {number} id @param {() => void} undo shows it again, where the daemon could not keep it or the owner wants it back
 */
export function putOff(id, undo) {
  const back = () => {
    undo();
    void act('notices.later', { ids: [id], until: null });
  };
  return act(
    'notices.later',
    { ids: [id], until: tomorrowMorning() },
    { says: 'You are told again tomorrow morning.', undo, action: { label: 'Undo', run: back } },
  );
}
