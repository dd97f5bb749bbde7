import { Loading, Problem, State, Tag } from '../../components/basics.js';
import { withCode } from '../../components/with-code.js';
import { AgentName } from '../../components/agent-name.js';
import { Time } from '../../components/time.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';
import { TryIt } from './try-it.js';

/** @typedef {import('../../../../src/operations.ts').Answers['agents.list'][number]} Agent */

/** The agents that are there: where, how they are logged in, what they can, how they failed; then those that could be. */
export function AgentsPanel() {
  const { data, error, reload } = useResource('agents.list', {});
  const there = (data ?? []).filter(({ isFound, isLooking, isDefault }) => isFound || isLooking || isDefault);
  const others = (data ?? []).filter((agent) => !there.includes(agent));
  return html`<div class="panel agents-panel scrolls">
    <div class="panel-head"><h1>Agents</h1></div>
    <p class="soft prose">
      Who answers tasks: the default one, the fallback where that cannot, or whom a rule, a goal, a message or
      its conversation asks for.
      <a href=${addressOf('config', [], { text: 'agent.' })}>Change that in Config</a>.
    </p>
    ${
      data === null
        ? error === null
          ? html`<${Loading} what="Looking for agents" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<ul class="agents">
              ${there.map((agent) => html`<${Row} key=${agent.name} agent=${agent} />`)}
            </ul>
            ${others.length === 0 ? null : html`<${Missing} agents=${others} />`}`
    }
  </div>`;
}

/** @param {{ agent: Agent }} props */
function Row({ agent }) {
  const { name, isDefault, isFallback, isFound, path, version, note, install, login, can, failures } = agent;
  return html`<li class="agent">
    <div class="agent-name">
      <b><${AgentName} name=${name} /></b>
      ${isDefault ? html`<${Tag} tone="cyan" title="agent.default">default<//>` : null}
      ${isFallback ? html`<${Tag} title="agent.fallback">fallback<//>` : null}
      <p class="soft small">${version === null ? null : `version ${version}`}</p>
    </div>
    <div class="agent-state">
      <${State} ...${stateOf(agent)} />
      ${path === null ? null : html`<p class="small mono">${path}</p>`}
      ${note === null ? null : html`<p class="small">${withCode(note)}</p>`}
      ${install === null ? null : html`<p class="small">To install it: <code>${install}</code></p>`}
      ${
        login === null || !isFound
          ? null
          : html`<p class="soft small">
              ${{ yes: 'Logged in', no: 'Not logged in', unknown: 'Login not known' }[login.state]}:
              ${withCode(login.found)}
              ${login.state === 'no' ? html`<br />To log in: ${withCode(login.remedy)}` : null}
            </p>`
      }
    </div>
    <${Abilities} can=${can} />
    <${TryIt} agent=${agent} />
    ${failures.length === 0 ? null : html`<${Failures} failures=${failures} />`}
  </li>`;
}

/** @param {Agent} agent */
function stateOf({ isLooking, isFound, login, restsUntil, lastFailure }) {
  if (isLooking) return { state: 'connecting', word: 'looked for' };
  if (!isFound) return { state: 'down', word: 'not found' };
  if (login?.state === 'no') return { state: 'degraded', word: 'not logged in' };
  if (restsUntil !== null) return { state: 'degraded', word: 'cannot answer for now' };
  return lastFailure === null ? { state: 'ready' } : { state: 'degraded', word: 'failed last' };
}

/** @type {readonly [keyof Agent['can'], string, string][]} */
const abilities = [
  ['resumes', 'goes on', 'Goes on in the session of a conversation'],
  ['forks', 'forks', 'Goes on in a copy of a session'],
  ['hears', 'steering', 'Takes further words into a running turn'],
  ['interrupts', 'interrupt', 'Can be asked to end its turn; others are simply ended'],
  ['callsTools', 'tools of ninjad', 'Can call the tools of ninjad (MCP)'],
  ['streams', 'words as they come', 'Tells its words while it writes them'],
  ['seesImages', 'pictures', 'Looks at pictures that a message names'],
  ['tellsCost', 'cost', 'Tells what a run has cost; else it is estimated by agent.prices'],
  [
    'keepsBudget',
    'budget',
    'Ends by itself a run that would cost more than it may; others are ended by an estimate',
  ],
];

/** @param {{ can: Agent['can'] }} props */
function Abilities({ can }) {
  return html`<ul class="agent-abilities small" aria-label="What it can">
    ${abilities.map(
      ([name, word, says]) =>
        html`<li
          key=${name}
          class=${can[name] === true ? 'state is-green' : 'state is-soft'}
          title=${says}
          aria-label=${can[name] === true ? word : `not: ${word}`}
        >
          <span class="glyph" aria-hidden="true">${can[name] === true ? '✓' : '–'}</span>${word}
        </li>`,
    )}
  </ul>`;
}

/** @param {{ failures: Agent['failures'] }} props */
function Failures({ failures }) {
  return html`<details class="agent-failures small" open=${failures[0]?.overAt === null}>
    <summary>How it failed last</summary>
    <ul>
      ${failures.map(
        ({ at, kind, reason, taskId, overAt }) =>
          html`<li key=${at}>
            <${Time} at=${at} />
            <span class=${overAt === null ? 'state is-pink' : 'soft'}>${kind.replaceAll('-', ' ')}</span>
            <span>${withCode(reason)}</span>
            ${taskId === null ? null : html`<a href=${addressOf('tasks', [taskId])}>task ${taskId}</a>`}
            ${overAt === null ? null : html`<span class="soft">has answered since</span>`}
          </li>`,
      )}
    </ul>
  </details>`;
}

/** @param {{ agents: readonly Agent[] }} props */
function Missing({ agents }) {
  return html`<section class="agents-missing">
    <h2>Not on this machine</h2>
    <ul>
      ${agents.map(
        ({ name, install, note }) =>
          html`<li key=${name} title=${note}>
            <b><${AgentName} name=${name} /></b>
            ${install === null ? null : html`<code class="small">${install}</code>`}
          </li>`,
      )}
    </ul>
    <p class="soft small prose">
      One that is installed elsewhere is named in <code>agent.paths</code>; any other program is
      <code>agent.command</code>.
    </p>
  </section>`;
}
