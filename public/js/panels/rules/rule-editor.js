import { Button, Field } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { request } from '../../link/connection.js';
import { agentChoices } from '../../format/agents.js';
import { html, useState } from '../../view.js';
import { EffectView } from './effect.js';
import { changesOf, ruleOfForm } from './rule-form.js';

/** @typedef {import('./rule-row.js').RuleView} RuleView */
/** @typedef {import('./rule-form.js').RuleForm} RuleForm */
/** @typedef {import('./change.js').Change} Change */

const priorities = ['HUMAN', 'URGENT', 'HIGH', 'NORMAL', 'LOW', 'IDLE'];

/**
 * A rule to be written or changed, with a dry run on the latest events.
 * @param {{ rule: RuleView | null, begin: RuleForm, routes: import('./routes.js').Routes, change: Change, onClose: () => void }} props
 *   `rule`: the one that is changed; `begin`: what stands in the form at first
 */
export function RuleEditor({ rule, begin, routes, change, onClose }) {
  const [form, setForm] = useState(begin);
  const [tried, setTried] = useState(/** @type {import('./effect.js').Tried | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);
  const set = (/** @type {Partial<RuleForm>} */ part) => {
    setForm((before) => ({ ...before, ...part }));
    setTried(null);
    setProblem(null);
  };
  const tryIt = () => {
    setBusy(true);
    request('rules.try', { rule: { ...ruleOfForm(form), name: form.name.trim() || 'tried' } })
      .then(setTried, (/** @type {Error} */ thrown) => setProblem(thrown.message))
      .finally(() => setBusy(false));
  };
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    const refused =
      rule === null
        ? await change('rule.add', { rule: ruleOfForm(form) })
        : await change('rule.edit', { name: rule.name, changes: changesOf(rule.rule, form) });
    setBusy(false);
    if (refused === null) onClose();
    else setProblem(refused);
  };
  return html`<${Dialog} title=${rule === null ? 'New rule' : `Rule ${rule.name}`} wide onClose=${onClose}>
    <form class="stack rule-form" onSubmit=${save}>
      <div class="rule-form-grid">
        <${Text}
          id="name"
          label="Name"
          form=${form}
          set=${set}
          hint="Lower-case letters, digits and dashes."
        />
        <${Text} id="about" label="What it is for" form=${form} set=${set} />
      </div>
      <fieldset>
        <legend>Which events: all that is filled in has to fit</legend>
        <div class="rule-form-grid">
          <${Lines} id="source" label="Source, such as cron:*" form=${form} set=${set} />
          <${Lines} id="category" label="Category" form=${form} set=${set} />
          <${Lines} id="text" label="Text, such as *disk full*" form=${form} set=${set} />
          <${Lines} id="fields" label="JSON fields, such as from: *@a.org" form=${form} set=${set} />
          <${Lines} id="command" label="A /command, without its slash" form=${form} set=${set} />
          <div class="field">
            <span class="label" id="priority-label">Priority</span>
            <div class="actions" role="group" aria-labelledby="priority-label">
              ${priorities.map(
                (name) =>
                  html`<${Button}
                    key=${name}
                    pressed=${form.priority.includes(name)}
                    onClick=${() => set({ priority: toggled(form.priority, name) })}
                    >${name}<//
                  >`,
              )}
            </div>
          </div>
        </div>
        <p class="soft small">
          One pattern a line; * stands for any characters, ? for one, and the whole has to fit.
        </p>
        <label class="check"
          ><input
            type="checkbox"
            checked=${form.ignoreCase}
            onChange=${(/** @type {any} */ event) => set({ ignoreCase: event.target.checked })}
          />
          Text and fields in any case of letters</label
        >
      </fieldset>
      <fieldset>
        <legend>What is done with them</legend>
        <div class="rule-form-grid">
          <${Choice}
            id="route"
            label="Route: what becomes of it"
            form=${form}
            set=${set}
            options=${[['', 'goes on to the next rules'], ...routes.map(({ route, says }) => [route, says])]}
          />
          <${Choice}
            id="setPriority"
            label="Go on with the priority"
            form=${form}
            set=${set}
            options=${[['', 'as it came'], ...priorities.slice(1).map((name) => [name, name])]}
          />
          <${Text} id="permissionCategory" label="Permissions of the category" form=${form} set=${set} />
          <${Choice}
            id="agent"
            label="Its task goes to"
            form=${form}
            set=${set}
            options=${[['', 'the default agent'], ...agentChoices]}
          />
          <${Text} id="throttleCount" label="At most so many" form=${form} set=${set} number />
          <${Text} id="throttlePer" label="in a time, such as 10m" form=${form} set=${set} />
          <${Choice}
            id="throttleBy"
            label="counted"
            form=${form}
            set=${set}
            options=${[
              ['rule', 'all together'],
              ['source', 'each source for itself'],
            ]}
          />
          <${Text} id="quietHours" label="Quiet hours, such as 22:00-07:00" form=${form} set=${set} />
          <${Text} id="quietZone" label="in the time zone" form=${form} set=${set} />
          <${Choice}
            id="quietThen"
            label="in which"
            form=${form}
            set=${set}
            options=${[
              ['hold', 'tasks wait until they end'],
              ['lower', 'events go on as LOW'],
            ]}
          />
        </div>
        <p class="soft small">
          What is over a throttle is dropped, with the reason. HUMAN events pass throttles; HUMAN and URGENT
          ones pass quiet hours.
        </p>
      </fieldset>
      ${problem === null ? null : html`<p class="problem-line rule-problem" role="alert">${problem}</p>`}
      <div role="status">
        ${tried === null ? null : html`<${EffectView} effect=${tried} routes=${routes} />`}
        ${(tried?.dangers ?? []).map((danger) => html`<p key=${danger} class="state is-orange rule-danger"><span class="glyph" aria-hidden="true">!</span>${danger}</p>`)}
      </div>
      <div class="actions is-end rule-form-acts">
        <${Button} kind="quiet" onClick=${onClose}>Leave it<//>
        <${Button} busy=${busy} onClick=${tryIt}>Try it<//>
        <${Button} type="submit" kind="primary" busy=${busy}>${rule === null ? 'Add it' : 'Save it'}<//>
      </div>
    </form>
  <//>`;
}

/** @param {readonly string[]} names @param {string} name */
function toggled(names, name) {
  return names.includes(name)
    ? names.filter((one) => one !== name)
    : priorities.filter((one) => one === name || names.includes(one));
}

/** @param {{ id: keyof RuleForm, label: string, hint?: string, number?: boolean, form: RuleForm, set: (part: Partial<RuleForm>) => void }} props */
function Text({ id, label, hint, number = false, form, set }) {
  return html`<${Field} id=${`rule-${id}`} label=${label} ...${hint === undefined ? {} : { hint }}>
    <input
      id=${`rule-${id}`}
      type="text"
      autocomplete="off"
      inputmode=${number ? 'numeric' : undefined}
      value=${form[id]}
      onInput=${(/** @type {any} */ event) => set({ [id]: event.target.value })}
    />
  <//>`;
}

/** @param {{ id: keyof RuleForm, label: string, form: RuleForm, set: (part: Partial<RuleForm>) => void }} props */
function Lines({ id, label, form, set }) {
  return html`<${Field} id=${`rule-${id}`} label=${label}>
    <textarea
      id=${`rule-${id}`}
      class="mono"
      rows=${Math.min(6, String(form[id]).split('\n').length)}
      spellcheck="false"
      value=${form[id]}
      onInput=${(/** @type {any} */ event) => set({ [id]: event.target.value })}
    ></textarea>
  <//>`;
}

/** @param {{ id: keyof RuleForm, label: string, options: readonly (readonly string[])[], form: RuleForm, set: (part: Partial<RuleForm>) => void }} props */
function Choice({ id, label, options, form, set }) {
  const value = String(form[id]);
  const known = options.some(([name]) => name === value) ? options : [...options, [value, value]];
  return html`<${Field} id=${`rule-${id}`} label=${label}>
    <select
      id=${`rule-${id}`}
      value=${value}
      onChange=${(/** @type {any} */ event) => set({ [id]: event.target.value })}
    >
      ${known.map(([name, says]) => html`<option key=${name} value=${name}>${says}</option>`)}
    </select>
  <//>`;
}
