import { Command, Option } from 'commander';
import { eventStatuses } from '../events/rows/search-events.ts';
import type { Explanation } from '../events/explain.ts';
import type { Answers } from '../operations.ts';
import { connect } from './connect.ts';
import { beforeOption, limitOption, nameOption, namePatternOption } from './options.ts';
import { paint, paintState } from './paint.ts';
import { printJson, printLines, printPage, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { relativeTime } from './units.ts';

interface EventsOptions {
  status?: (typeof eventStatuses)[number];
  source?: string;
  category?: string;
  before?: number;
  limit: number;
  explain?: string;
  json?: true;
}

const help = `
Examples:
  $ ninjad events --limit 50
  $ ninjad events --status dead --json
  $ ninjad events --source 'cron:*'
  $ ninjad events --explain 'LOW|cron:disk||alert|disk is full'   which rule would take it, and why
`;

/** `ninjad events`: the latest events, or a dry run of the routing rules. */
export function eventsCommand(): Command {
  return new Command('events')
    .description('list the latest events, or explain where a line would go')
    .addOption(new Option('--status <status>', 'only those of this status').choices(eventStatuses))
    .option(
      '--source <source>',
      'only those of this source, such as cron:disk or "cron:*"',
      namePatternOption,
    )
    .option('--category <category>', 'only those of this category', nameOption)
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 20)
    .addOption(
      new Option(
        '--explain <line>',
        'say which rule would take this wire line, and why; nothing happens to it',
      ) //
        .conflicts(['status', 'source', 'category']),
    )
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .action(async ({ json, explain, ...filter }: EventsOptions) => {
      if (explain !== undefined) {
        const explanation = await connect().ask('events.explain', { line: explain });
        if (json === true) printJson(explanation);
        else printLines(explanationLines(explanation));
        return;
      }
      const { items: events, next } = await connect().ask('events.list', filter);
      if (json === true) printJson(events);
      else printPage(events.length === 0 ? ['no events'] : eventTable(events, Date.now()), next);
    });
}

function eventTable(events: Answers['events.list']['items'], now: number): string[] {
  const columns = ['received', 'priority', 'source', 'category', 'route', 'status', 'text'].map((title) => ({
    title,
  }));
  return tableLines(
    columns,
    events.map((event) => [
      relativeTime(Date.parse(event.receivedAt), now),
      event.priority,
      oneLine(event.source),
      oneLine(event.category),
      oneLine(event.route),
      paintState(oneLine(event.status)),
      oneLine(event.reason === null ? event.text : `${event.text} (${event.reason})`),
    ]),
  );
}

function explanationLines(explanation: Explanation): string[] {
  if (!explanation.accepted) return [`${paint('red', 'not understood')}: ${oneLine(explanation.reason)}`];
  const { priority, lowered, source, category, rule, route, does = [], verdicts } = explanation;
  const claim = lowered ? ' (it claims HUMAN, which its source may not)' : '';
  return [
    `${paint('green', oneLine(route))} by rule ${oneLine(rule)}`,
    oneLine(`as ${priority}${claim} from ${source}, category ${category}`),
    ...does.map(oneLine),
    '',
    ...tableLines(
      [{ title: 'rule' }, { title: 'why' }],
      verdicts.map(({ rule: name, route: to, matches, because }) => [
        oneLine(name),
        matches
          ? `every condition holds${to === undefined ? '; it goes on to the next rules' : ''}`
          : oneLine(because ?? 'does not match'),
      ]),
    ),
  ];
}
