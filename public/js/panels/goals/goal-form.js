import { Button, Field } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { formLines } from '../../components/form-lines.js';
import { act } from '../../link/act.js';
import { agentChoices } from '../../format/agents.js';
import { request } from '../../link/connection.js';
import { html, useEffect, useState } from '../../view.js';
import { changeOf, fieldsOf, newGoal } from './goal-fields.js';

/** @typedef {import('./goal-fields.js').Fields} Fields */
/** @typedef {import('../../link/connection.js').Answers['goals.preview']} Preview */

const policies = {
  missed: { skip: 'leave them out', once: 'make up for the last one', all: 'make up for all' },
  overlap: { skip: 'leave the new run out', queue: 'let it wait', 'cancel-other': 'end the old run' },
};

/**
 * A new goal, or changes to one. Before it is saved it says when it would be due.
 * @param {{ goal: import('./goals.js').Goal | null, onClose: () => void, onSaved: () => void }} props
 */
export function GoalForm({ goal, onClose, onSaved }) {
  const [before] = useState(() => fieldsOf(goal));
  const [fields, setFields] = useState(before);
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const set = (/** @type {Partial<Fields>} */ change) => setFields((now) => ({ ...now, ...change }));
  const { line, choice } = formLines('goal', fields, set);
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const answer =
        goal === null
          ? await act('goal.add', newGoal(fields), { says: ({ name }) => `“${name}” is saved.` })
          : await act(
              'goal.edit',
              { id: goal.id, ...changeOf(before, fields) },
              { says: 'The goal is changed.' },
            );
      if (answer === undefined) return;
      onSaved();
      onClose();
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  const isReady = [fields.name, fields.when, fields.text].every((text) => text.trim() !== '');
  return html`<${Dialog}
    title=${goal === null ? 'Add a goal' : `Change “${goal.name}”`}
    wide
    onClose=${onClose}
  >
    <form class="stack" onSubmit=${save}>
      ${goal === null ? line('name', 'What it is called', { max: 100 }) : null}
      <div class="goal-when">
        ${line('when', 'When', { hint: 'Such as “every weekday at 9”, “every 90 minutes”, “on the 1st and 15th at noon”, “tomorrow at 8”, or cron', max: 200 })}
        ${line('zone', 'Time zone', { hint: 'Empty for the daemon’s', max: 64 })}
      </div>
      <${WhenPreview} when=${fields.when} zone=${fields.zone} />
      ${choice('does', 'What it does', { prompt: 'ask an agent', reflex: 'write a line into the pipe' })}
      <${Field}
        id="goal-text"
        label=${fields.does === 'prompt' ? 'What the agent is asked' : 'The line'}
        hint=${fields.does === 'prompt' ? undefined : 'priority|source|timestamp|category|payload'}
      >
        <textarea
          id="goal-text"
          rows="4"
          maxlength="100000"
          value=${fields.text}
          onInput=${(/** @type {any} */ event) => set({ text: event.target.value })}
        ></textarea>
      <//>
      <details class="goal-more" open=${goal !== null}>
        <summary>Checks, limits and quiet hours</summary>
        ${line('condition', 'Condition', { hint: 'A command: 0 asks for the run, 1 does without', max: 4000, mono: true })}
        ${line('doneCheck', 'Done-check', { hint: 'A command or JSON schema that decides, whatever the agent says', max: 4000, mono: true })}
        <div class="goal-limits">
          ${line('budget', 'Budget of a run in US$', { max: 12 })}
          ${line('timeout', 'Time of a run', { hint: '10m, 1h30m', max: 20 })}
          ${line('quiet', 'Quiet hours', { hint: '22:00-07:00', max: 20 })}
          ${choice('agent', 'Agent', { '': 'the default one', ...Object.fromEntries(agentChoices) })}
          ${line('model', 'Model', { max: 100 })} ${line('category', 'Permission category', { max: 64 })}
          ${line('conversation', 'Conversation', { max: 128 })}
          ${choice('missed', 'Missed runs', policies.missed)}
          ${choice('overlap', 'While one runs', policies.overlap)}
        </div>
      </details>
      ${problem === null ? null : html`<p class="problem-line" role="alert">${problem}</p>`}
      <div class="actions is-end">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" disabled=${!isReady}
          >${goal === null ? 'Add it' : 'Change it'}<//
        >
      </div>
    </form>
  <//>`;
}

const typingMs = 300;

/** What the words mean: cron, zone and the next three instants, or why they are not understood. @param {{ when: string, zone: string }} props */
function WhenPreview({ when, zone }) {
  const [said, setSaid] = useState(/** @type {{ preview?: Preview, problem?: string }} */ ({}));
  useEffect(() => {
    let isLate = false;
    const timer = setTimeout(() => {
      if (when.trim() === '') return setSaid({});
      request('goals.preview', { when, ...(zone.trim() !== '' && { zone: zone.trim() }) }).then(
        (preview) => isLate || setSaid({ preview }),
        (thrown) => isLate || setSaid({ problem: thrown instanceof Error ? thrown.message : String(thrown) }),
      );
    }, typingMs);
    return () => {
      isLate = true;
      clearTimeout(timer);
    };
  }, [when, zone]);
  const { preview, problem } = said;
  return html`<div class="goal-preview small" role="status">
    ${problem === undefined ? null : html`<p class="state is-orange">${problem}</p>`}
    ${
      preview === undefined
        ? null
        : html`<p>
              ${preview.words === null ? null : html`<b>${preview.words}</b>, `}<code
                >${preview.cron ?? (preview.every === null ? 'once' : `every ${preview.every}`)}</code
              >
              in ${preview.zone} (${preview.offset}), next:
            </p>
            <ol>
              ${preview.nextLocal.map((at) => html`<li key=${at} class="mono">${at}</li>`)}
            </ol>
            ${preview.notes.map((note) => html`<p key=${note} class="state is-orange">${note}</p>`)}`
    }
  </div>`;
}
