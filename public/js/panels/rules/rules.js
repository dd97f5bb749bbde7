import { Button, Loading, Problem } from '../../components/basics.js';
import { Confirm } from '../../components/dialog.js';
import { useNews } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { place, replaceAddress } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { html, useState } from '../../view.js';
import { changing } from './change.js';
import { DryRun } from './dry-run.js';
import { History } from './history.js';
import { RuleEditor } from './rule-editor.js';
import { emptyForm, formLike, formOf } from './rule-form.js';
import { RuleTable } from './rule-table.js';
import { downloadRules, ImportDialog } from './transfer.js';

/** @typedef {import('../../../../src/operations.ts').Answers['events.explain']} Explanation */
/** @typedef {import('../../../../src/operations.ts').Answers['rules.list']} RuleList */
/** @typedef {import('./rule-row.js').RuleView} RuleView */

/**
 * What lies over the panel: the import, or a rule that is written or changed.
 * @typedef {'import' | { rule: RuleView | null, form: import('./rule-form.js').RuleForm }} Opened
 */

/** Which rule takes which event: all rules in their order, and a dry run that lights the one which takes a line. */
export function RulesPanel() {
  const { rest, query } = useStore(place, (state) => state);
  const { data, error, reload } = useResource('rules.list', {});
  useNews('settings', reload);
  const [open, setOpen] = useState(/** @type {Opened | null} */ (null));
  const [tried, setTried] = useState(/** @type {Explanation | null} */ (null));
  const [question, setQuestion] = useState(/** @type {import('./change.js').Question | null} */ (null));
  // The verdicts are those of other rules now.
  const change = changing({
    ask: setQuestion,
    reload: () => {
      setTried(null);
      reload();
    },
  });
  const write = () => setOpen({ rule: null, form: emptyForm });
  const edit = (/** @type {RuleView} */ rule) => setOpen({ rule, form: formOf(rule.rule) });
  const answer = (/** @type {boolean} */ yes) => {
    question?.answer(yes);
    setQuestion(null);
  };
  return html`<div class="panel rules">
    <div class="panel-head">
      <h1>Rules</h1>
      <div class="actions end">
        <${Button} kind="quiet" onClick=${() => setOpen('import')}>Import<//>
        <${Button} kind="quiet" onClick=${() => void downloadRules()}>Export<//>
        <${Button} kind="primary" onClick=${write}>New rule<//>
      </div>
    </div>
    <${DryRun}
      answer=${tried}
      onAnswer=${setTried}
      routes=${data?.routes ?? []}
      onLike=${(/** @type {Explanation & { accepted: true }} */ line) => setOpen({ rule: null, form: formLike(line) })}
    />
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${6} what="Asking for the rules" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<${RuleTable}
              list=${data}
              change=${change}
              verdicts=${tried?.accepted === true ? tried.verdicts : null}
              chosen=${rest[0] ?? null}
              onEdit=${edit}
              onNew=${write}
            /><${History} />`
    }
    ${query.like === undefined || data === null ? null : html`<${LikeEvent} key=${query.like} id=${Number(query.like)} routes=${data.routes} change=${change} />`}
    ${open === 'import' ? html`<${ImportDialog} change=${change} routes=${data?.routes ?? []} onClose=${() => setOpen(null)} />` : null}
    ${
      open === null || open === 'import'
        ? null
        : html`<${RuleEditor}
            rule=${open.rule}
            begin=${open.form}
            routes=${data?.routes ?? []}
            change=${change}
            onClose=${() => setOpen(null)}
          />`
    }
    ${
      question === null
        ? null
        : html`<${Confirm}
            title="Is that meant?"
            verb="Yes, do it"
            danger
            onConfirm=${() => answer(true)}
            onClose=${() => answer(false)}
            >${question.text}<//
          >`
    }
  </div>`;
}

/**
 * A new rule that begins as the event of an address does, `#/rules?like=12`.
 * @param {{ id: number, routes: RuleList['routes'], change: import('./change.js').Change }} props
 */
function LikeEvent({ id, routes, change }) {
  const { data, error } = useResource('event.get', Number.isSafeInteger(id) && id > 0 ? { id } : null);
  if (data === null) return error === null ? null : html`<${Problem} problem=${error} />`;
  return html`<${RuleEditor}
    rule=${null}
    begin=${formLike(data)}
    routes=${routes}
    change=${change}
    onClose=${() => place.get().query.like === String(id) && replaceAddress('rules', [], {})}
  />`;
}
