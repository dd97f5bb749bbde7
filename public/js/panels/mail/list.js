import { Button, Empty, Loading, Problem, State } from '../../components/basics.js';
import { DayList } from '../../components/day-list.js';
import { Dialog, Gone } from '../../components/dialog.js';
import { Time } from '../../components/time.js';
import { act } from '../../link/act.js';
import { usePages } from '../../link/use-pages.js';
import { useResource } from '../../link/use-resource.js';
import { useRow } from '../../link/use-row.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { useOpened } from '../activity/opened.js';
import { becauseOf, caughtUpWords, leftOut, verdictOf, wentTo } from './words.js';

/** @typedef {import('../../../../src/operations.ts').Answers['mail.messages']['items'][number]} Mail */
/** @typedef {import('../../../../src/operations.ts').Answers['mail.list'][number]} Folder */

const titleChars = 120;
const weekMs = 7 * 86_400_000;

/** The mail that came, where it went and why, and how each folder is watched. */
export function MailList() {
  const { items, error, more, loadMore, reload } = usePages('mail.messages', {});
  const folders = useResource('mail.list', {});
  const { opened, open, close } = useOpened('mail');
  const { row: shown, missing } = useRow('mail.messages', items, opened);
  if (items === null)
    return error === null
      ? html`<${Loading} rows=${8} />`
      : html`<${Problem} problem=${error} retry=${reload} />`;
  return html`<${Folders} folders=${folders.data ?? []} /> ${
      items.length === 0
        ? html`<${NoMail} folders=${folders.data} />`
        : html`<${DayList}
            label="Mail, newest first"
            items=${items}
            rowHeight=${36}
            more=${more}
            keyOf=${(/** @type {Mail} */ row) => row.id}
            at=${(/** @type {Mail} */ row) => row.receivedAt}
            onOpen=${(/** @type {Mail} */ row) => open(row.id)}
            onNearEnd=${loadMore}
            row=${(/** @type {Mail} */ row) =>
              html`<div class="mail-row">
                <span class="soft small"><${Time} at=${row.receivedAt} /></span
                ><span class="one-line">${row.fromName || row.from || 'nobody'}</span
                ><span class="one-line">${row.subject || '(no subject)'}</span
                ><span class="soft small one-line" title=${becauseOf(row)}>${wentTo(row)}</span>
              </div>`}
          />`
    }
    ${shown === null ? null : html`<${Whole} key=${opened} mail=${shown} onClose=${close} />`}
    ${missing ? html`<${Gone} what="mail" id=${opened} onClose=${close} />` : null}`;
}

/**
 * What would fill the list: a mailbox, or a look at what came before this one was watched.
 * @param {{ folders: readonly Folder[] | null }} props null until it is known which are watched
 */
function NoMail({ folders }) {
  const [looking, setLooking] = useState(false);
  const lookBack = async () => {
    setLooking(true);
    await act(
      'mail.catchUp',
      { since: new Date(Date.now() - weekMs).toISOString() },
      { says: (results) => results.map(caughtUpWords).join(' ') },
    );
    setLooking(false);
  };
  if (folders === null) return html`<${Loading} rows=${8} />`;
  if (folders.length === 0)
    return html`<${Empty}
      title="No mailbox is watched"
      action=${html`<a class="button button-primary" href=${addressOf('config', [], { text: 'mail.accounts' })}>See the setting<//>`}
      >Name one in the setting <code>mail.accounts</code>, and each mail that comes is an event: your rules
      say what becomes of it.<//
    >`;
  return html`<${Empty}
    title="No mail came yet"
    action=${html`<${Button} busy=${looking} disabled=${looking} onClick=${() => void lookBack()}>Take in the last week<//>`}
    >A mailbox is watched from its first look on; what came before stays where it is until you take it in.<//
  >`;
}

/** @param {{ folders: readonly Folder[] }} props */
function Folders({ folders }) {
  if (folders.length === 0) return null;
  return html`<ul class="mail-folders" aria-label="Watched folders">
    ${folders.map(
      ({ name, folder, state, reason }) =>
        html`<li key=${`${name}/${folder}`}>
          <span class="mono">${name}/${folder}</span> <${State} state=${state} />${
            reason === null ? null : html` <span class="soft small">${reason}</span>`
          }
        </li>`,
    )}
  </ul>`;
}

/** A mail with its text as letters: nothing in it is a link, a picture or markup here. @param {{ mail: Mail, onClose: () => void }} props */
function Whole({ mail, onClose }) {
  const out = leftOut(mail);
  const sender = mail.fromName === '' ? mail.from : `${mail.fromName} <${mail.from}>`;
  return html`<${Dialog} title=${mail.subject.slice(0, titleChars) || '(no subject)'} wide onClose=${onClose}>
    <dl class="facts">
      <dt>From</dt>
      <dd>${sender || 'nobody'}</dd>
      <dt>Checked</dt>
      <dd>${verdictOf(mail)}</dd>
      <dt>To</dt>
      <dd>${mail.to.join(', ') || 'nobody'}</dd>
      <dt>Came</dt>
      <dd><${Time} at=${mail.receivedAt} /> into ${mail.account}/${mail.folder}</dd>
      <dt>Went to</dt>
      <dd>
        ${
          mail.taskId === null
            ? wentTo(mail)
            : html`<a class="quiet" href=${addressOf('tasks', [String(mail.taskId)])}>${wentTo(mail)}</a>`
        },
        ${' '}${becauseOf(mail)}
      </dd>
      ${
        mail.attachments.length === 0
          ? null
          : html`<dt>Attached</dt>
              <dd>
                ${mail.attachments.map(({ name, type }) => `${name ?? 'without a name'} (${type})`).join(', ')}
              </dd>`
      }
      ${
        out === ''
          ? null
          : html`<dt>Left out</dt>
              <dd>${out}</dd>`
      }
    </dl>
    <pre class="mail-text" tabindex="0" aria-label="Text of the mail">${mail.text}</pre>
    <div class="actions is-end"><${Button} onClick=${onClose}>Close<//></div>
  <//>`;
}
