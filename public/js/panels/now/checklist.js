import { shellCommand } from '../../format/shell-command.js';
import { Button } from '../../components/basics.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { useChanges, useNews } from '../../link/use-feed.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/**
 * @typedef {import('../../../../src/operations.ts').Answers['firstSteps.get']} FirstSteps
 * @typedef {FirstSteps['steps'][number]['step']} Step
 * @typedef {object} Words
 * @property {string} title
 * @property {string} why what one has of it
 * @property {unknown} how what settles it: a link, a button, or what only a shell can do
 */

const usualCapUsd = 5;

/** @type {Record<Step, Words>} */
const words = {
  agent: {
    title: 'An agent',
    why: 'Without one, you get back what I remember, and nothing is done.',
    how: html`<a href=${addressOf('config', [], { text: 'agent' })}>Name it</a>`,
  },
  login: {
    title: 'Its login',
    why: 'It shows with the first answer.',
    how: html`<a href=${addressOf('chat')}>Ask something</a>`,
  },
  cap: {
    title: 'A spending cap',
    why: `Past it, only your own messages run.`,
    how: html`<${Button} onClick=${capSpending}>Set $${usualCapUsd} a day<//>`,
  },
  service: {
    title: 'Runs by itself',
    why: 'As a service, I am there after a restart of this machine.',
    how: html`<code>${shellCommand('service install')}</code>`,
  },
  phone: {
    title: 'Your phone',
    why: 'Over Discord, you reach me from anywhere, and I you.',
    how: html`<a href=${addressOf('config', [], { text: 'discord' })}>Connect it</a>`,
  },
  goal: {
    title: 'A first goal',
    why: 'What runs by the clock, such as a look at the news of your machines each morning.',
    how: html`<a href=${addressOf('day', ['goals'])}>Add one</a>`,
  },
};

/** What a new daemon still wants; gone when all is done, or when the owner has had enough of it. */
export function Checklist() {
  const { data, update, reload } = useResource('firstSteps.get', {});
  useNews('settings', reload);
  useNews('tasks', reload);
  useChanges(['goals.list', 'discord.get'], reload);
  if (data === null || !data.shown) return null;
  const { steps } = data;
  const putAway = () => {
    update((given) => ({ ...given, shown: false }));
    void act(
      'firstSteps.dismiss',
      { dismissed: true },
      {
        says: 'The first steps are put away',
        undo: reload,
        action: { label: 'Undo', run: () => void act('firstSteps.dismiss', { dismissed: false }) },
      },
    );
  };
  const done = steps.filter(({ state }) => state === 'done').length;
  return html`<section class="section checklist" aria-labelledby="now-checklist">
    <div class="section-head">
      <h2 id="now-checklist">First steps</h2>
      <span class="soft small">${done} of ${steps.length} done</span>
      <span class="end actions small"><${Button} kind="quiet" onClick=${putAway}>Put away<//></span>
    </div>
    <ul class="steps-open">
      ${steps.filter(({ state }) => state !== 'done').map(row)}
    </ul>
    <ul class="steps-done">
      ${steps.filter(({ state }) => state === 'done').map(row)}
    </ul>
  </section>`;
}

/** @param {FirstSteps['steps'][number]} step */
function row({ step, state }) {
  return html`<${Row} key=${step} step=${step} state=${state} />`;
}

/** @type {Record<FirstSteps['steps'][number]['state'], { glyph: string, tone: string, word: string }>} */
const signs = {
  done: { glyph: '✓', tone: 'green', word: 'done' },
  open: { glyph: '○', tone: 'soft', word: 'to do' },
  failed: { glyph: '✕', tone: 'pink', word: 'did not work' },
};

/** @param {FirstSteps['steps'][number]} props */
function Row({ step, state }) {
  const { title, why, how } = words[step];
  const { glyph, tone, word } = signs[state];
  return html`<li class=${`is-${state}`}>
    <span class=${`glyph state is-${tone}`} aria-hidden="true">${glyph}</span>
    <span>${title}<span class="unseen">: ${word}</span></span>
    ${
      state === 'done'
        ? null
        : html`<p class="soft small">${why}</p>
            <span class="small how">${how}</span>`
    }
  </li>`;
}

function capSpending() {
  void act(
    'config.set',
    { key: 'spend.dailyUsd', value: usualCapUsd },
    { says: `Spending stops at $${usualCapUsd} a day; change it under Config` },
  );
}
