import type { Store } from '../../lib/store/store.ts';
import type { Exchange, Handover } from '../agents/exchange.ts';
import { clip } from '../run/transcript.ts';

/** Exchanges of which most is told, and all that are told of. */
const wholeExchanges = 6;
const maxExchanges = 30;
/** Characters of a message and of its answer, in those and in the earlier ones. */
const ofWhole = { said: 800, answered: 1_600 };
const ofEarlier = { said: 160, answered: 240 };

/**
 * A conversation before a task, for a session that does not hold it: the last exchanges nearly whole, the earlier ones by how they
 * begin, and the number of those before. It is made of rows alone, at most some 26,000 characters, since the agent that could sum it
 * up may be the one that is not there. What the owner has deleted is not told.
 */
export async function handoverOf(
  store: Pick<Store, 'query'>,
  conversation: string,
  before: number,
): Promise<Handover> {
  const { rows } = await store.query<Exchange & { total: number }>({
    name: 'tasks-exchanges',
    text: `SELECT left(prompt, ${ofWhole.said + 1}) AS said, left(reply, ${ofWhole.answered + 1}) AS answered,
                  count(*) OVER ()::int AS total
             FROM tasks WHERE conversation = $1 AND id < $2 AND state = 'done' AND reply <> ''
              AND event_id > coalesce((SELECT hidden_until FROM conversation_marks mark WHERE mark.conversation = $1), 0)
            ORDER BY id DESC LIMIT ${maxExchanges}`,
    values: [conversation, before],
  });
  const exchanges = rows.map(({ said, answered }, index) =>
    index < wholeExchanges
      ? { said: clip(said, ofWhole.said), answered: clip(answered, ofWhole.answered) }
      : { said: beginning(said, ofEarlier.said), answered: beginning(answered, ofEarlier.answered) },
  );
  return { exchanges: exchanges.reverse(), omitted: (rows[0]?.total ?? 0) - rows.length };
}

function beginning(text: string, chars: number): string {
  return clip(text.trim().replaceAll(/\s+/g, ' '), chars);
}
