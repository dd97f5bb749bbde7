/**
 * @typedef {'green' | 'cyan' | 'yellow' | 'orange' | 'pink' | 'purple' | 'soft' | 'text'} Tone
 * @typedef {{ glyph: string, word: string, tone: Tone }} Sign
 */

/** @type {Readonly<Record<string, Sign>>} */
const signs = {
  queued: { glyph: '◷', word: 'queued', tone: 'yellow' },
  running: { glyph: '▸', word: 'running', tone: 'cyan' },
  done: { glyph: '✓', word: 'done', tone: 'green' },
  failed: { glyph: '✕', word: 'failed', tone: 'pink' },
  cancelled: { glyph: '⊘', word: 'cancelled', tone: 'soft' },
  claimed: { glyph: '◷', word: 'waits', tone: 'yellow' },
  missed: { glyph: '◌', word: 'missed', tone: 'orange' },
  skipped: { glyph: '∅', word: 'skipped', tone: 'soft' },
  dead: { glyph: '☠', word: 'given up', tone: 'pink' },
  dropped: { glyph: '∅', word: 'dropped', tone: 'soft' },
  task: { glyph: '▸', word: 'became a task', tone: 'cyan' },

  up: { glyph: '●', word: 'up', tone: 'green' },
  degraded: { glyph: '◐', word: 'degraded', tone: 'orange' },
  down: { glyph: '○', word: 'down', tone: 'pink' },
  unknown: { glyph: '?', word: 'not seen yet', tone: 'soft' },
  unreachable: { glyph: '◌', word: 'unreachable', tone: 'orange' },
  paused: { glyph: '■', word: 'not polled', tone: 'soft' },

  ready: { glyph: '●', word: 'ready', tone: 'green' },
  starting: { glyph: '◌', word: 'starting', tone: 'orange' },
  stopping: { glyph: '◌', word: 'stopping', tone: 'orange' },
  restarting: { glyph: '↻', word: 'restarting', tone: 'orange' },
  backoff: { glyph: '↻', word: 'waits to restart', tone: 'orange' },
  stopped: { glyph: '■', word: 'stopped', tone: 'soft' },
  off: { glyph: '■', word: 'off', tone: 'soft' },
  ended: { glyph: '■', word: 'ended', tone: 'soft' },
  away: { glyph: '○', word: 'away', tone: 'pink' },
  watching: { glyph: '●', word: 'watching', tone: 'green' },
  connecting: { glyph: '◌', word: 'connecting', tone: 'orange' },
  throttled: { glyph: '◐', word: 'throttled', tone: 'orange' },
  unauthorised: { glyph: '○', word: 'unauthorised', tone: 'pink' },
  parked: { glyph: '○', word: 'parked', tone: 'orange' },
  disabled: { glyph: '■', word: 'disabled', tone: 'soft' },

  proposed: { glyph: '◇', word: 'proposed', tone: 'orange' },
  approved: { glyph: '✓', word: 'approved', tone: 'green' },
  rejected: { glyph: '✕', word: 'rejected', tone: 'soft' },
  drafting: { glyph: '▸', word: 'being drafted', tone: 'cyan' },
  drafted: { glyph: '◆', word: 'drafted', tone: 'orange' },
  applied: { glyph: '✓', word: 'applied', tone: 'green' },
  blocked: { glyph: '⊘', word: 'blocked', tone: 'pink' },
  declined: { glyph: '✕', word: 'draft declined', tone: 'soft' },
  stale: { glyph: '◌', word: 'stale', tone: 'orange' },
  kept: { glyph: '✓', word: 'kept its promise', tone: 'green' },
  unkept: { glyph: '✕', word: 'did not keep its promise', tone: 'pink' },
  passed: { glyph: '✓', word: 'passed', tone: 'green' },

  open: { glyph: '◇', word: 'open', tone: 'orange' },
  accepted: { glyph: '✓', word: 'accepted', tone: 'green' },
  dismissed: { glyph: '✕', word: 'dismissed', tone: 'soft' },

  info: { glyph: 'i', word: 'info', tone: 'soft' },
  warning: { glyph: '!', word: 'warning', tone: 'orange' },
  critical: { glyph: '‼', word: 'critical', tone: 'pink' },
};

/**
 * How a state is told: a glyph, a word and a colour, so that none of them stands alone. A state that nobody foresaw
 * keeps its own word.
 * @param {string} state
 * @returns {Sign}
 */
export function signOf(state) {
  return signs[state] ?? { glyph: '·', word: state.replaceAll(/[_-]/g, ' '), tone: 'soft' };
}

/** What is running is cyan and what is queued yellow: a priority borrows neither. @type {Readonly<Record<string, Tone>>} */
const priorityTones = { HUMAN: 'text', URGENT: 'orange' };

/** The six priorities, most urgent first. */
export const priorities = /** @type {const} */ (['HUMAN', 'URGENT', 'HIGH', 'NORMAL', 'LOW', 'IDLE']);

/** @param {string} priority */
export function priorityTone(priority) {
  return priorityTones[priority] ?? 'soft';
}
