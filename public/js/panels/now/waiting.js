import { plural } from '../../format/quantity.js';

/**
 * Matters that only the owner can do something about, each with the place to do it.
 * @typedef {{ number: number, text: string, panel: import('../../shell/routes.js').PanelId, rest: string[], query: Record<string, string> }} Wait
 * @param {Pick<import('../panels.js').Waiting, 'unread' | 'wishes' | 'findings' | 'deadLetters'>} waiting
 * @returns {Wait[]}
 */
export function waitingOf({ unread, wishes, findings, deadLetters }) {
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
      number: deadLetters,
      text: plural(deadLetters, 'task that failed for good, to try again or leave', 'tasks that failed for good, to try again or leave'),
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
