import { plural } from '../../format/quantity.js';

/**
 * Matters that only the owner can do something about, each with the place to do it.
 * @typedef {{ number: number, text: string, panel: import('../../shell/routes.js').PanelId, rest: string[], query: Record<string, string> }} Wait
 * @param {Pick<import('../panels.js').Waiting, 'unread' | 'wishes' | 'findings' | 'doubts' | 'deadLetters'>} waiting
 * @returns {Wait[]}
 */
export function waitingOf({ unread, wishes, findings, doubts, deadLetters }) {
  /** @type {Wait[]} */
  const all = [
    {
      number: unread,
      text: plural(unread, 'reply to read', 'replies to read'),
      panel: 'chat',
      rest: [],
      query: {},
    },
    {
      number: wishes,
      text: plural(wishes, 'wish to decide', 'wishes to decide'),
      panel: 'decide',
      rest: ['wishes'],
      query: {},
    },
    {
      number: findings,
      text: plural(findings, 'finding to look at', 'findings to look at'),
      panel: 'decide',
      rest: ['findings'],
      query: {},
    },
    {
      number: doubts,
      text: plural(doubts, 'task in doubt: go on or leave it', 'tasks in doubt: go on or leave them'),
      panel: 'tasks',
      rest: [],
      query: { state: 'queued' },
    },
    {
      number: deadLetters,
      text: plural(
        deadLetters,
        'given-up task to try again or leave',
        'given-up tasks to try again or leave',
      ),
      panel: 'tasks',
      rest: [],
      query: { state: 'dead' },
    },
  ];
  return all.filter(({ number }) => number > 0);
}

/** How many matters wait for the owner. @param {import('../panels.js').Waiting} waiting */
export function waitingInAll({ unread, wishes, findings, deadLetters, notices }) {
  return unread + wishes + findings + deadLetters + notices;
}
