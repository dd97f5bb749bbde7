import { Button, Empty, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Sparkline } from '../../components/sparkline.js';
import { Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { plural } from '../../format/quantity.js';
import { useResource } from '../../link/use-resource.js';
import { go, place } from '../../shell/location.js';
import { clock } from '../../state/clock.js';
import { useStore } from '../../state/use-store.js';
import { html, useMemo, useState } from '../../view.js';
import { dayWords, marksOf, neighbour, scheduleWords, wordsOf } from './marks.js';
import { Timeline, TimelineKey, Hours } from './timeline.js';

/**
 * @typedef {import('../../../../src/operations.ts').Answers['jobs.list']['jobs'][number]} Job
 * @typedef {import('./marks.js').DayView} DayView
 * @typedef {import('./marks.js').Fire} Fire
 */

const shownAtFirst = 60;

/** A day of all that runs by the clock, a row each: today, or the one of the address, `#/day/2026-03-29`. */
export function DayPanel() {
  const given = useStore(place, ({ rest }) => rest[0]);
  const asked = given !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(given) ? given : null;
  const [all, setAll] = useState(false);
  const jobs = useResource('jobs.list', {}, 'fires.list');
  const day = useResource('fires.list', asked === null ? {} : { day: asked });
  const rows = useMemo(() => rowsOf(jobs.data?.jobs ?? [], day.data), [jobs.data, day.data]);
  const error = jobs.error ?? day.error;
  const name = day.data?.day ?? asked;
  const move = (/** @type {number} */ step) => name !== null && go('day', [neighbour(name, step)]);
  return html`<div class="panel">
    <div class="panel-head">
      <h1>Day</h1>
      <span class="soft">${jobs.data === null ? '' : plural(jobs.data.total, 'job')}</span>
      <div class="end">
        <${Button} label="The day before" onClick=${() => move(-1)}>‹<//>
        <b class="day-name" title=${name}>${name === null ? '–' : dayWords(name)}</b>
        <${Button} label="The day after" onClick=${() => move(1)}>›<//>
        <${Button} onClick=${() => go('day')} disabled=${asked === null}>Today<//>
      </div>
    </div>
    ${
      jobs.data === null || day.data === null
        ? error === null
          ? html`<${Loading} what="Asking for the day" />`
          : html`<${Problem} problem=${error} retry=${jobs.error === null ? day.reload : jobs.reload} />`
        : rows.length === 0
          ? html`<${Empty} title="Nothing runs by the clock yet"
              >A goal asks an agent or writes a line by a schedule, and a sensor measures now and then; each
              gets a row here, with what ran, what was missed and what is still to come.<//
            >`
          : html`<${Rows} rows=${all ? rows : rows.slice(0, shownAtFirst)} day=${day.data} /> ${
                all || rows.length <= shownAtFirst
                  ? null
                  : html`<${Button} onClick=${() => setAll(true)}>Show all ${rows.length}<//>`
              }
              ${day.data.hasMore ? html`<p class="soft small">Only the newest runs of this day are shown.</p>` : null}`
    }
  </div>`;
}

/** @param {{ rows: readonly Row[], day: DayView }} props */
function Rows({ rows, day }) {
  return html`<${Hours} day=${day} />
    <ul class="day">
      ${rows.map((row) => html`<${JobRow} key=${row.id} row=${row} day=${day} />`)}
    </ul>
    <${TimelineKey} />`;
}

/** @typedef {{ id: string, job: Job | null, fires: Fire[], planned: { at: string }[] }} Row */

/** A row for each job, and for each that is no more and ran on this day. @param {readonly Job[]} jobs @param {DayView | null} day */
function rowsOf(jobs, day) {
  const rows = new Map(
    jobs.map((job) => /** @type {[string, Row]} */ ([job.id, { id: job.id, job, fires: [], planned: [] }])),
  );
  const rowOf = (/** @type {string} */ id) => {
    const row = rows.get(id) ?? { id, job: null, fires: [], planned: [] };
    rows.set(id, row);
    return row;
  };
  for (const fire of day?.fires ?? []) rowOf(fire.jobId).fires.push(fire);
  for (const { jobId, at } of day?.planned ?? []) rows.get(jobId)?.planned.push({ at });
  return [...rows.values()];
}

/** @param {{ row: Row, day: DayView }} props */
function JobRow({ row: { id, job, fires, planned }, day }) {
  // The end of what runs is drawn once a minute.
  const minute = useStore(clock, ({ now }) => Math.floor(now / 60_000));
  const marks = useMemo(() => marksOf(fires, planned, day, minute * 60_000), [fires, planned, day, minute]);
  return html`<li class="day-job">
    <div class="day-what">
      <p class="one-line">
        <b>${job?.label ?? id}</b> ${job === null ? null : html`<${Tag}>${job.kind}<//>`}
      </p>
      <p class="soft small one-line" title=${job?.problem ?? job?.cron ?? undefined}>
        ${job === null ? 'is no more' : (job.problem ?? scheduleWords(job, duration))}
      </p>
    </div>
    <${Timeline} marks=${marks} day=${day} says=${`${job?.label ?? id}: ${wordsOf(marks)}`} />
    <div class="day-last">${job === null ? null : html`<${LastAndNext} job=${job} />`}</div>
    <div class="day-took">
      ${
        job === null || job.durationsMs.length === 0
          ? null
          : html`<${Sparkline} values=${job.durationsMs} /><span class="soft small"
                >${duration(job.durationsMs.at(-1) ?? 0)}</span
              >`
      }
    </div>
    ${fires.length === 0 ? null : html`<${Fires} fires=${fires} />`}
  </li>`;
}

/** @param {{ job: Job }} props */
function LastAndNext({ job: { last, nextAt, paused, problem } }) {
  if (problem !== null) return html`<p><${State} state="failed" word="cannot run" /></p>`;
  return html`<p>
      ${
        last === null
          ? html`<span class="soft">never ran</span>`
          : html`<${State} state=${last.state} /> <${Time} at=${last.startedAt ?? last.nominalAt} />`
      }
    </p>
    <p class="soft small">${paused ? 'paused' : html`next <${Time} at=${nextAt} none="never" />`}</p>`;
}

const shownFires = 50;
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** @param {{ fires: readonly Fire[] }} props */
function Fires({ fires }) {
  return html`<details class="day-fires small">
    <summary>${plural(fires.length, 'run')}</summary>
    <ul>
      ${fires.slice(0, shownFires).map(
        (fire) =>
          html`<li key=${fire.id}>
            <code>${time.format(new Date(fire.nominalAt))}</code> <${State} state=${fire.state} />
            ${fire.byHand ? html`<${Tag}>by hand<//>` : fire.madeUp ? html`<${Tag}>late, made up for<//>` : null}
            ${tookOf(fire)} ${fire.reason === null ? null : html`<span class="soft">${fire.reason}</span>`}
          </li>`,
      )}
    </ul>
  </details>`;
}

/** @param {Fire} fire */
function tookOf({ startedAt, endedAt, instants }) {
  if (instants === null) return html`<span class="soft">and many after it</span>`;
  if (instants > 1) return html`<span class="soft">and ${instants - 1} after it</span>`;
  if (startedAt === null || endedAt === null) return null;
  return html`<span class="numeric"
    >${duration(new Date(endedAt).getTime() - new Date(startedAt).getTime())}</span
  >`;
}
