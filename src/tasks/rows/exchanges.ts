import type { Store } from '../../lib/store/store.ts';
import type { Exchange } from '../agents/exchange.ts';

const maxExchanges = 8;
const maxSaidChars = 800;
const maxAnsweredChars = 1_600;

/** The last answered messages of a conversation before a task, oldest first, each clipped. */
export async function exchangesOf(
  store: Pick<Store, 'query'>,
  conversation: string,
  before: number,
): Promise<Exchange[]> {
  const { rows } = await store.query<Exchange>({
    name: 'tasks-exchanges',
    text: `SELECT left(prompt, ${maxSaidChars}) AS said, left(reply, ${maxAnsweredChars}) AS answered
             FROM tasks WHERE conversation = $1 AND id < $2 AND state = 'done' AND reply <> ''
            ORDER BY id DESC LIMIT ${maxExchanges}`,
    values: [conversation, before],
  });
  return rows.reverse();
}
