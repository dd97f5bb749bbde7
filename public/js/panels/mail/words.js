import { plural } from '../../format/quantity.js';

/** @typedef {import('../../../../src/operations.ts').Answers['mail.messages']['items'][number]} Mail */

/** Where a mail went, in a few words. @param {Pick<Mail, 'route' | 'status' | 'taskId'>} mail */
export function wentTo({ route, status, taskId }) {
  if (taskId !== null) return `task ${taskId}`;
  if (status === 'dropped' || route === 'drop') return 'dropped';
  if (status === 'failed' || status === 'dead') return status;
  return 'digest';
}

/** Why it went there: the rule, and what the mail is. @param {Mail} mail */
export function becauseOf({ rule, reason, list, bulk, automatic, digest }) {
  const marks = [
    ...(digest !== null ? [`stands for ${digest}`] : []),
    ...(list !== null ? [`came by the list ${list}`] : bulk && digest === null ? ['went to many'] : []),
    ...(automatic === 'own' ? ['is your own'] : []),
    ...(automatic === 'ninjad' ? ['was sent by ninjad'] : []),
    ...(automatic !== null && !['own', 'ninjad', 'digest'].includes(automatic)
      ? [`was sent by a program (${automatic})`]
      : []),
  ];
  const words = marks.length === 0 ? '' : `; it ${marks.join(', ')}`;
  return `by the rule ${rule}${words}${reason === null ? '' : `; ${reason}`}`;
}

/** What the mail server said of its sender. @param {Pick<Mail, 'auth'>} mail */
export function verdictOf({ auth }) {
  if (auth === null) return 'nobody has checked who sent it';
  const said = /** @type {const} */ (['spf', 'dkim', 'dmarc']).flatMap((name) =>
    auth[name] === null ? [] : [`${name} ${auth[name]}`],
  );
  return said.length === 0 ? `${auth.server} says nothing of it` : `${said.join(', ')} (${auth.server})`;
}

/** What was left out of its text. @param {Pick<Mail, 'hidden' | 'unparsed'>} mail */
export function leftOut({ hidden: { elements, characters }, unparsed }) {
  return [
    ...(elements + characters > 0 ? [`${characters} hidden characters, ${elements} hidden elements`] : []),
    ...(unparsed === null ? [] : [unparsed]),
  ].join('; ');
}

/** How taking in what came before went in one folder. @param {import('../../../../src/operations.ts').Answers['mail.catchUp'][number]} result */
export function caughtUpWords(result) {
  const place = `${result.name}/${result.folder}`;
  if ('problem' in result) return `${place}: ${result.problem}.`;
  return `${place}: ${plural(result.found, 'mail')} in that time, ${result.taken + result.digested} taken in.`;
}
