import { Button, State } from '../../components/basics.js';
import { duration } from '../../format/duration.js';
import { request } from '../../link/connection.js';
import { addressOf } from '../../shell/routes.js';
import { html, useEffect, useRef, useState } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['agents.tried']} Tried */

/** Asks the agent for one word and says how long that took. @param {{ agent: import('./agents.js').Agent }} props */
export function TryIt({ agent: { name, isFound, title } }) {
  const [tried, setTried] = useState(/** @type {Tried | { problem: string } | null} */ (null));
  const [busy, setBusy] = useState(false);
  const shown = useRef(true);
  useEffect(
    () => () => {
      shown.current = false;
    },
    [],
  );
  const tryIt = async () => {
    setBusy(true);
    setTried(null);
    try {
      const { key } = await request('agents.try', { name });
      let answer = await request('agents.tried', { key, wait: true });
      while (shown.current && isOpen(answer)) answer = await request('agents.tried', { key, wait: true });
      setTried(answer);
    } catch (thrown) {
      setTried({ problem: thrown instanceof Error ? thrown.message : String(thrown) });
    }
    setBusy(false);
  };
  return html`<div class="agent-try">
    ${isFound ? html`<${Button} busy=${busy} disabled=${busy} label=${`Test ${title}`} onClick=${() => void tryIt()}>Test<//>` : null}
    <div class="small" role="status">
      ${busy ? html`<span class="soft">waits for one word</span>` : tried === null ? null : html`<${Result} tried=${tried} />`}
    </div>
  </div>`;
}

/** @param {Tried} tried */
function isOpen({ tookMs, state }) {
  return tookMs === null && ['queued', 'running', 'task', 'recorded'].includes(state);
}

/** @param {{ tried: Tried | { problem: string } }} props */
function Result({ tried }) {
  if ('problem' in tried) return html`<${State} state="failed" word="not asked" /> ${tried.problem}`;
  const { state, reply, reason, tookMs, taskId } = tried;
  return html`<${State} state=${state} word=${state === 'done' ? 'answered' : undefined} />
    ${tookMs === null ? null : html`<span class="soft"> in ${duration(tookMs)}</span>`}
    <p class="agent-said">${state === 'done' ? reply : (reason ?? '')}</p>
    ${taskId === null ? null : html`<a href=${addressOf('tasks', [taskId])}>task ${taskId}</a>`}`;
}
