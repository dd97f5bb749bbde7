import { AgentName } from '../../components/agent-name.js';
import { Button, Loading, Problem, State, Tabs } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Code, Markdown } from '../../components/markdown.js';
import { Lasting, Time } from '../../components/time.js';
import { bytes, count, money, plural } from '../../format/quantity.js';
import { reasonText } from '../../format/reason.js';
import { act } from '../../link/act.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { Memories } from './memories.js';
import { Transcript } from './transcript.js';
import { useTask } from './use-task.js';
import { Doubt, isInDoubt } from './doubt.js';
import { AskAgain, isQuiet } from './ask-again.js';

/** @typedef {import('../../../../src/operations.ts').Answers['task.get']} TaskPageData */

/**
 * One task: how it is, what it did, what it was told, what it cost.
 * @param {{ id: number, backTo: string }} props
 */
export function TaskPage({ id, backTo }) {
  const { data, error, reload, progress } = useTask(id);
  return html`<section class="panel split-detail" aria-label=${`Task ${id}`}>
    <div class="panel-head">
      <a class="button button-quiet" href=${backTo} aria-label="Close the task">✕</a>
      <h1>Task ${id}</h1>
      ${
        data === null
          ? null
          : html`<${State} state=${data.task.state} />
              <div class="end"><${Actions} task=${data.task} hears=${data.hears} onDone=${reload} /></div>`
      }
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<${Facts} page=${data} progress=${progress} /><${Reply} task=${data.task} /><${Sections}
              page=${data}
            />`
    }
  </section>`;
}

/** @param {{ task: TaskPageData['task'], hears: boolean | null, onDone: () => void }} props */
function Actions({ task, hears, onDone }) {
  const [asked, setAsked] = useState(/** @type {'steer' | null} */ (null));
  const close = () => setAsked(null);
  const run = async (/** @type {Promise<unknown>} */ done) => {
    await done;
    onDone();
  };
  const retry = () => act('task.retry', { id: task.id }, { says: ({ message }) => message });
  const cancel = () =>
    act(
      'task.cancel',
      { id: task.id },
      {
        says: ({ message }) => message,
        action: { label: 'Start it again', run: () => void run(retry()) },
      },
    );
  const isOpen = task.state === 'running' || task.state === 'queued';
  return html`${task.state === 'running' && hears !== false ? html`<${Button} onClick=${() => setAsked('steer')}>Steer<//>` : null}
  ${isOpen ? html`<${Button} kind="danger" onClick=${() => void run(cancel())}>Cancel<//>` : null}
  ${isOpen || task.state === 'done' ? null : html`<${Button} kind="primary" onClick=${() => void run(retry())}>Try again<//>`}
  ${asked === 'steer' ? html`<${Steer} id=${task.id} hears=${hears} onClose=${close} />` : null}`;
}

/** @param {{ id: number, hears: boolean | null, onClose: () => void }} props */
function Steer({ id, hears, onClose }) {
  const [text, setText] = useState('');
  const onSubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await act('task.steer', { id, text: text.trim() }, { says: ({ message }) => message });
    if (answer !== undefined) onClose();
  };
  return html`<${Dialog} title="Steer the task" onClose=${onClose}>
    <form class="stack" onSubmit=${onSubmit}>
      <div class="field">
        <label for="steer"
          >${hears === null ? 'It is told once its agent is there; the transcript says whether it was heard' : 'What it should hear now; it goes on with this in mind'}</label
        >
        <textarea
          id="steer"
          rows="4"
          value=${text}
          onInput=${(/** @type {any} */ event) => setText(event.target.value)}
        ></textarea>
      </div>
      <div class="actions is-end">
        <${Button} onClick=${onClose}>Say nothing<//>
        <${Button} type="submit" kind="primary" disabled=${text.trim() === ''}>Say it<//>
      </div>
    </form>
  <//>`;
}

/** @param {{ page: TaskPageData, progress: string | null }} props */
function Facts({ page: { task, hears }, progress }) {
  const running = task.state === 'running';
  return html`<p class="task-title">${task.text}</p>
    ${
      task.state === 'queued' && isInDoubt(task.progress)
        ? html`<p>${task.progress}</p>
            <p><${Doubt} taskId=${task.id} /></p>`
        : null
    }
    ${task.reason === null ? null : html`<p class="state is-pink task-reason">${reasonText(task.reason)}</p>`}
    <dl class="facts task-facts">
      ${
        running
          ? html`<div>
              <dt>Doing</dt>
              <dd class="state is-cyan">
                ${progress ?? task.progress ?? 'starting'}
                ${isQuiet(progress ?? task.progress) ? html`<${AskAgain} taskId=${task.id} />` : null}
              </dd>
              ${hears === false ? html`<dd class="soft small">Its agent hears nothing while it works.</dd>` : null}
            </div>`
          : null
      }
      <div>
        <dt>From</dt>
        <dd>${task.priority} · ${task.source} · ${task.category}</dd>
      </div>
      ${
        task.conversation === null
          ? null
          : html`<div>
              <dt>Conversation</dt>
              <dd><a href=${addressOf('chat', [task.conversation])}>${task.conversation}</a></dd>
            </div>`
      }
      <div>
        <dt>Queued</dt>
        <dd><${Time} at=${task.queuedAt} /></dd>
      </div>
      ${
        task.startedAt === null
          ? null
          : html`<div>
              <dt>${running ? 'Runs for' : 'Took'}</dt>
              <dd><${Lasting} from=${task.startedAt} to=${task.finishedAt} /></dd>
            </div>`
      }
      ${
        task.agent === null
          ? null
          : html`<div>
              <dt>Agent</dt>
              <dd>
                <${AgentName}
                  name=${task.agent.kind}
                />${task.agent.version === undefined ? null : html` <span class="soft">${task.agent.version}</span>`}
                ${task.agent.instead === undefined ? null : html`<p class="small">It stood in: ${task.agent.instead}</p>`}
              </dd>
            </div>`
      }
      <div>
        <dt>Attempts</dt>
        <dd>${task.attempts}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>${money(task.costUsd)}</dd>
      </div>
      ${
        task.outcome === null
          ? null
          : html`<div>
              <dt>Outcome</dt>
              <dd>${task.outcome.replaceAll(/[_-]/g, ' ')}</dd>
            </div>`
      }
    </dl>`;
}

/** What came of an ended task, before all that led to it. @param {{ task: TaskPageData['task'] }} props */
function Reply({ task }) {
  if (task.finishedAt === null || task.reply === null || task.reply === '') return null;
  return html`<section class="section task-reply" aria-label="Reply">
    <div class="section-head"><h2>Reply</h2></div>
    <${Markdown} text=${task.reply} />
  </section>`;
}

/** @param {{ page: TaskPageData }} props */
function Sections({ page }) {
  const [tab, setTab] = useState('transcript');
  const tabs = [
    { id: 'transcript', label: 'Transcript' },
    { id: 'prompt', label: 'Prompt' },
    { id: 'memories', label: 'Memories', count: page.memories.length },
    { id: 'cost', label: 'Cost' },
    { id: 'processes', label: 'Processes', count: page.processes.length },
  ];
  return html`<${Tabs} label="Parts of the task" tabs=${tabs} selected=${tab} onSelect=${setTab} />
    <div role="tabpanel" aria-label=${tab}>
      ${tab === 'transcript' ? html`<${Transcript} page=${page} />` : null}
      ${tab === 'prompt' ? html`<${Code} text=${page.task.prompt} label="Prompt" />` : null}
      ${tab === 'memories' ? html`<${Memories} memories=${page.memories} />` : null}
      ${tab === 'cost' ? html`<${Costs} costs=${page.costs} />` : null}
      ${tab === 'processes' ? html`<${Processes} processes=${page.processes} />` : null}
    </div>`;
}

/** @param {{ costs: TaskPageData['costs'] }} props */
function Costs({ costs }) {
  if (costs.length === 0) return html`<p class="soft">Nothing was spent on it yet.</p>`;
  return html`<div class="table-box">
    <table>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">When</th>
          <th scope="col" class="numeric">In</th>
          <th scope="col" class="numeric">Out</th>
          <th scope="col" class="numeric">Cost</th>
        </tr>
      </thead>
      <tbody>
        ${costs.map(
          (row, index) =>
            html`<tr key=${index}>
              <td class="mono">${row.model}</td>
              <td><${Time} at=${row.at} /></td>
              <td class="numeric">${count(row.inputTokens)}</td>
              <td class="numeric">${count(row.outputTokens)}</td>
              <td class="numeric">${money(row.costUsd)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {{ processes: TaskPageData['processes'] }} props */
function Processes({ processes }) {
  if (processes.length === 0)
    return html`<p class="soft">None: it does not run at the moment, and nothing of it was left behind.</p>`;
  return html`<p class="soft small">
      ${plural(processes.length, 'process', 'processes')}, all of which end with the task.
    </p>
    <ul class="processes">
      ${processes.map(
        ({ pid, command, rssBytes }) =>
          html`<li key=${pid}>
            <span class="mono">${pid}</span><code class="grow">${command}</code
            ><span class="numeric">${bytes(rssBytes)}</span>
          </li>`,
      )}
    </ul>`;
}
