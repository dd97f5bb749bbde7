import { panel as activity } from './activity/panel.js';
import { panel as agents } from './agents/panel.js';
import { panel as chat } from './chat/panel.js';
import { panel as config } from './config/panel.js';
import { panel as day } from './day/panel.js';
import { panel as decide } from './decide/panel.js';
import { panel as fleet } from './fleet/panel.js';
import { panel as goals } from './goals/panel.js';
import { panel as graph } from './graph/panel.js';
import { panel as memory } from './memory/panel.js';
import { panel as now } from './now/panel.js';
import { panel as rules } from './rules/panel.js';
import { panel as tasks } from './tasks/panel.js';
import { panel as sensors } from './sensors/panel.js';
import { panel as tree } from './tree/panel.js';

/**
 * A panel as its concern declares it.
 * @typedef {object} Panel
 * @property {string} id also the address: `#/tasks`
 * @property {string} label
 * @property {string} key the second key of `g …`
 * @property {string} icon path data on a 16 × 16 grid, drawn as lines
 * @property {string} says what the panel is for
 * @property {() => Promise<any>} load its view; asked when the panel is first shown, so that the page starts without it
 * @property {(waiting: Waiting) => Mark} [mark] what of it waits for the owner, for the rail
 * @property {() => Promise<void>} [start] runs once with the page, whatever is shown
 *
 * @typedef {import('../../../src/operations.ts').Answers['now.get']['waiting']} Waiting
 * @typedef {{ count: number, tone: import('../format/state.js').Tone, says: string }} Mark
 */

/**
 * The panels in the order of the rail, by groups: one line a panel. The first group stands in the bar of a phone.
 */
export const groups =
  /** @type {const} @satisfies {readonly { label: string, panels: readonly Panel[] }[]} */ ([
    { label: 'Every day', panels: [now, chat, tasks, decide] },
    { label: 'What it knows and plans', panels: [memory, fleet, goals] },
    { label: 'Under the hood', panels: [graph, day, sensors, tree, activity, rules, agents, config] },
  ]);

/** @typedef {(typeof groups)[number]['panels'][number]['id']} PanelId */

/** All panels, in the order of the rail. @type {readonly (Panel & { id: PanelId })[]} */
export const panels = groups.flatMap((group) => [...group.panels]);
