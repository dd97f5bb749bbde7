import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['notices.list']['items'][number]} Notice */

/** The settings that have to do with it. @type {Readonly<Record<string, string>>} */
const settingsOf = { spend: 'spend', delivery: 'outbox', clock: 'retention' };

/** Who says it, as a link to where more is said. @param {{ notice: Pick<Notice, 'origin' | 'taskId'> }} props */
export function Said({ notice }) {
  const where =
    notice.taskId !== null
      ? addressOf('tasks', [String(notice.taskId)])
      : addressOf('config', [], { text: settingsOf[notice.origin] ?? 'agent' });
  return html`<a class="quiet" href=${where}>${saidBy(notice)}</a>`;
}

/** Who says it, in a word or two. @param {Pick<Notice, 'origin' | 'taskId'>} notice */
export function saidBy({ origin, taskId }) {
  if (origin === 'spend') return 'spending';
  if (origin === 'delivery') return taskId === null ? 'outbox' : `reply to task ${taskId}`;
  return taskId === null ? origin : `${origin === 'agent' ? 'agent of ' : ''}task ${taskId}`;
}
