import { shellCommand } from './format/shell-command.js';
import { keepSessionKey, keyHeader } from './link/session-key.js';
import { NinjaFigure } from './ninja/figure.js';
import { html, render, useEffect, useState } from './view.js';

/**
 * The door: changes the one-time code of a link for the halves of a session. The code stands in the fragment, which reaches
 * no server and no log, and is taken out of the address at once.
 * @param {HTMLElement} element
 */
export function start(element) {
  const knock = () => {
    const code = location.hash.replace(/^#/, '');
    history.replaceState(null, '', '/enter');
    render(html`<${Door} key=${code} code=${code} />`, element);
  };
  // A fresh link put into the address of this very page changes the fragment and loads nothing.
  addEventListener('hashchange', () => {
    if (location.hash.length > 1) knock();
  });
  knock();
}

/** @param {{ code: string }} props */
function Door({ code }) {
  const [{ state, says }, setState] = useState(
    /** @type {Outcome} */ ({ state: code === '' ? 'closed' : 'opening' }),
  );
  useEffect(() => {
    if (code !== '') void enter(code).then(setState);
  }, []);
  const words = doorWords[state];
  return html`<main class="door">
    <div class=${`is-${state === 'opening' ? 'cyan' : 'orange'}`}>
      <${NinjaFigure}
        mood=${state === 'opening' ? 'bowing' : state === 'closed' ? 'meditating' : 'pacing'}
        size=${200}
      />
    </div>
    <h1>${words.title}</h1>
    <p class="soft prose" role="status">${says ?? words.text}</p>
    ${state === 'opening' ? null : html`<p>For a fresh link: <code>${shellCommand('dashboard')}</code></p>`}
  </main>`;
}

const doorWords = {
  opening: { title: 'Opening', text: 'One moment.' },
  closed: {
    title: 'This door opens with a link',
    text: 'The daemon prints one when it starts. It works once, and this browser is known from then on.',
  },
  refused: {
    title: 'This link does not open the door',
    text: 'It was used before, or it is too old. That happens when a link is opened twice.',
  },
  busy: { title: 'Too many tries', text: 'Wrong links were tried too often. Wait a few minutes.' },
  forgetful: {
    title: 'This browser keeps nothing for this page',
    text: 'Let it keep data of this site (cookies and storage), then open a fresh link.',
  },
  foreign: { title: 'Something stands between', text: 'The daemon took this page for a foreign one.' },
  away: {
    title: 'The daemon does not answer',
    text: `Start it with “${shellCommand('up')}”; its link is printed then.`,
  },
};

/** @typedef {{ state: keyof typeof doorWords, says?: string }} Outcome `says` is the daemon's own sentence */

/** @param {string} code @returns {Promise<Outcome>} */
async function enter(code) {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  }).catch(() => undefined);
  if (answer === undefined) return { state: 'away' };
  if (answer.status === 429) return { state: 'busy' };
  if (answer.status === 403) return { state: 'foreign', says: await saidBy(answer) };
  if (!answer.ok) return { state: 'refused' };
  if (!keepSessionKey(answer.headers.get(keyHeader) ?? '')) return { state: 'forgetful' };
  location.replace('/');
  return { state: 'opening' };
}

/** @param {Response} answer @returns {Promise<string>} */
async function saidBy(answer) {
  const body = await answer.json().catch(() => undefined);
  return body?.error?.message ?? doorWords.foreign.text;
}
