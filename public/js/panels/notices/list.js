import { Button, Empty, Loading, Problem } from '../../components/basics.js';
import { Dialog, Gone } from '../../components/dialog.js';
import { DayList } from '../../components/day-list.js';
import { Time } from '../../components/time.js';
import { act } from '../../link/act.js';
import { useNews } from '../../link/use-feed.js';
import { usePages } from '../../link/use-pages.js';
import { useRow } from '../../link/use-row.js';
import { html, useEffect } from '../../view.js';
import { useOpened } from '../activity/opened.js';
import { answer } from './answer.js';
import { putOff } from './settle.js';
import { Said, saidBy } from './said.js';

/** @typedef {import('../../../../src/operations.ts').Answers['notices.list']['items'][number]} Notice */

/** All that the owner was told, what is unseen marked. */
export function Notices() {
  const { items, error, loadMore, reload, update } = usePages('notices.list', {});
  const { opened, open, close } = useOpened('notices');
  const { row: shown, missing } = useRow('notices.list', items, opened);
  useNews('owner.told', reload);
  /** @param {(notice: Notice) => boolean} which @param {{ ids: number[] } | { until: number }} input */
  const see = (which, input) => {
    const seenAt = new Date().toISOString();
    update((rows) => rows.map((row) => (row.seenAt === null && which(row) ? { ...row, seenAt } : row)));
    void act('notices.see', input, { undo: reload });
  };
  useEffect(() => {
    if (shown !== null && shown.seenAt === null) see(({ id }) => id === shown.id, { ids: [shown.id] });
  }, [shown?.id]);
  if (items === null)
    return error === null
      ? html`<${Loading} rows=${8} />`
      : html`<${Problem} problem=${error} retry=${reload} />`;
  if (items.length === 0)
    return html`<${Empty} title="You were told nothing yet"
      >What a task has to say to you, a cap that was reached and an agent that cannot work without you are
      kept here until you have seen them.<//
    >`;
  return html`<div class="actions">
      <${Button}
        disabled=${items.every(({ seenAt }) => seenAt !== null)}
        onClick=${() => see(() => true, { until: items[0].id })}
        >All seen<//
      >
    </div>
    <${DayList}
      label="Notices, newest first"
      items=${items}
      rowHeight=${36}
      keyOf=${(/** @type {Notice} */ row) => row.id}
      at=${(/** @type {Notice} */ row) => row.at}
      onOpen=${(/** @type {Notice} */ row) => open(row.id)}
      onNearEnd=${loadMore}
      row=${(/** @type {Notice} */ row) =>
        html`<div class="notice-row">
          <span class="soft small"><${Time} at=${row.at} /></span><${NoticeState} notice=${row} /><span
            class="one-line"
            >${row.text}</span
          ><span class="soft small">${saidBy(row)}</span>
        </div>`}
    />
    ${shown === null ? null : html`<${Whole} key=${opened} notice=${shown} onClose=${close} />`}
    ${missing ? html`<${Gone} what="notice" id=${opened} onClose=${close} />` : null}`;
}

/** @param {{ notice: Notice }} props */
function NoticeState({ notice: { seenAt, putOffUntil } }) {
  const isLater = putOffUntil !== null && Date.parse(putOffUntil) > Date.now();
  const [glyph, word, tone] =
    seenAt !== null ? ['◇', 'seen', 'soft'] : isLater ? ['◷', 'later', 'soft'] : ['◆', 'new', 'orange'];
  return html`<span
    class=${`state is-${tone}`}
    title=${seenAt === null && isLater ? `until ${new Date(putOffUntil).toLocaleString()}` : undefined}
    ><span class="glyph" aria-hidden="true">${glyph}</span>${word}</span
  >`;
}

/** @param {{ notice: Notice, onClose: () => void }} props */
function Whole({ notice, onClose }) {
  return html`<${Dialog} title="Notice" wide onClose=${onClose}>
    <p class="prose">${notice.text}</p>
    <dl class="facts">
      <dt>From</dt>
      <dd><${Said} notice=${notice} /></dd>
      <dt>When</dt>
      <dd><${Time} at=${notice.at} /></dd>
    </dl>
    <div class="actions is-end">
      <${Button} onClick=${onClose}>Close<//>
      <${Button}
        title="Tell me tomorrow morning"
        onClick=${() => {
          onClose();
          void putOff(notice.id, () => undefined);
        }}
        >Later<//
      >
      <${Button}
        kind="primary"
        onClick=${() => {
          onClose();
          void answer(notice);
        }}
        >Answer<//
      >
    </div>
  <//>`;
}
