import { detector, seen } from '../detector.ts';
import { count } from '../words.ts';

interface Bloated {
  category: string;
  tasks: number;
  chars: number;
  longest: { id: number; chars: number }[];
  /** Tokens that the model read anew for a task; null where nothing was booked. */
  tokens: number | null;
  /** All that it read, with what came from its cache, and what was usual; null where too few tasks had costs. */
  allTokens: number | null;
  usualTokens: number | null;
}

/** Tasks that are given more and more to read. */
export const promptBloat = detector({
  kind: 'prompt_bloat',
  says: 'a category whose tasks are given very much to read, or much more than they used to be',
  over: 'period',
  thresholds: {
    chars: { value: 20_000, says: 'characters of text that a task is given, on average' },
    tokens: {
      value: 150_000,
      says: 'tokens that the model reads for a task beside those of its cache, on average',
    },
    factor: { value: 2, says: 'times the tokens of the four weeks before' },
    leastTokens: { value: 20_000, says: 'tokens for a task, before a factor counts' },
    tasks: { value: 3, says: 'tasks; five where a factor counts' },
  },
  async detect({ store, period, before }, at) {
    const { rows } = await store.query<Bloated>({
      name: 'findings-bloat',
      text: `WITH prompts AS (
               SELECT category, count(*)::int AS tasks, avg(length(prompt))::float8 AS chars,
                      to_jsonb((array_agg(jsonb_build_object('id', id, 'chars', length(prompt)) ORDER BY length(prompt) DESC))[1:5]) AS longest
                 FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND state IN ('done', 'failed', 'dead') GROUP BY category),
             costs AS (
               SELECT category, at >= $1 AS is_now, count(DISTINCT task_id)::int AS tasks,
                      (sum(input_tokens + cache_write_tokens) / count(DISTINCT task_id))::float8 AS tokens,
                      (sum(input_tokens + cache_write_tokens + cache_read_tokens) / count(DISTINCT task_id))::float8 AS all_tokens
                 FROM task_costs WHERE (at >= $1 AND at < $2) OR (at >= $3 AND at < $4) GROUP BY 1, 2)
             SELECT prompts.*, spent.tokens, CASE WHEN spent.tasks >= 5 THEN spent.all_tokens END AS "allTokens",
                    CASE WHEN usual.tasks >= 5 THEN usual.all_tokens END AS "usualTokens"
               FROM prompts LEFT JOIN costs AS spent ON spent.category = prompts.category AND spent.is_now
               LEFT JOIN costs AS usual ON usual.category = prompts.category AND NOT usual.is_now
              WHERE prompts.tasks >= $5`,
      values: [period.from, period.to, before.from, before.to, at.tasks],
    });
    return rows
      .filter((row) => row.chars >= at.chars || (row.tokens ?? 0) >= at.tokens || hasGrown(row, at))
      .map((row) => ({
        subject: row.category,
        severity: hasGrown(row, at) ? 'warning' : 'info',
        summary: sentence(row, hasGrown(row, at)),
        evidence: [
          seen(
            'category',
            row.category,
            `${count(Math.round(row.chars), 'character')} for a task, on average`,
          ),
          ...row.longest.map(({ id, chars }) => seen('task', id, `was given ${count(chars, 'character')}`)),
        ],
        figures: [
          { name: 'characters', value: row.chars, unit: 'count' },
          ...(row.tokens === null
            ? []
            : [{ name: 'new tokens', value: row.tokens, unit: 'tokens' as const }]),
          ...(row.allTokens === null
            ? []
            : [
                {
                  name: 'all tokens',
                  value: row.allTokens,
                  unit: 'tokens' as const,
                  ...(row.usualTokens !== null && { usual: row.usualTokens }),
                },
              ]),
        ],
        remedy:
          'See what the longest prompts hold: an event can carry the few lines that matter instead of a whole log, and a fresh conversation drags less along than an old one.',
        weight: row.tasks * Math.max(row.tokens ?? 0, row.chars / 4),
        metric:
          row.tokens === null || row.chars >= at.chars
            ? { metric: `task.promptChars:${row.category}`, today: row.chars, goal: row.chars / 2 }
            : {
                metric: `spend.promptTokens:${row.category}`,
                today: row.allTokens ?? row.tokens,
                goal: (row.allTokens ?? row.tokens) / 2,
              },
      }));
  },
});

function hasGrown(
  { allTokens, usualTokens }: Bloated,
  { factor, leastTokens }: { factor: number; leastTokens: number },
): boolean {
  if (allTokens === null || usualTokens === null) return false;
  return allTokens >= factor * usualTokens && allTokens >= leastTokens;
}

function sentence({ category, chars, tokens, allTokens, usualTokens }: Bloated, grown: boolean): string {
  const who = `A task of the category “${category}”`;
  if (grown)
    return `${who} makes the model read ${count(Math.round(allTokens ?? 0), 'token')}, ${count(Math.round(usualTokens ?? 0), 'token')} in the weeks before`;
  const read = tokens === null ? '' : ` and makes the model read ${count(Math.round(tokens), 'new token')}`;
  return `${who} is given ${count(Math.round(chars), 'character')} of text${read}, on average`;
}
