import type { Store } from '../lib/store/store.ts';
import { type LinkFacts, type DiscordLink } from './link.ts';
import { beginDraft, type Draft, endDraft, findDraft, noteDraft } from './rows/drafts.ts';
import { nonceFor } from './send-part.ts';
import { rendered, splitText } from './split.ts';

/** Replies that are shown while they are written, each in one message that is edited. */
export interface Drafts {
  /** Shows the text so far; does nothing where it shows it already, or the reply is being committed. */
  show(taskId: number, channelId: string, text: string): Promise<void>;
  /** Lets nothing be shown of this task any more, waits for what is under way, and gives its draft. */
  settle(taskId: number): Promise<Draft | undefined>;
  /** The reply stands. */
  end(taskId: number): Promise<void>;
  /** The task runs (again): its text may be shown. */
  begin(taskId: number): void;
}

export interface DraftDeps {
  store: Store;
  link: Pick<DiscordLink, 'api' | 'sent'> & { facts(): Pick<LinkFacts, 'state'> };
  now?: () => Date;
}

const mark = ' …';
const shownChars = 1_900;

/** See `Drafts`. Only tasks that run or have just ended are remembered. */
export function createDrafts({ store, link, now = () => new Date() }: DraftDeps): Drafts {
  const known = new Map<number, { shown: string; underWay: Promise<void> | undefined; settled: boolean }>();
  const of = (taskId: number) => {
    const found = known.get(taskId) ?? { shown: '', underWay: undefined, settled: false };
    known.set(taskId, found);
    return found;
  };
  const write = async (taskId: number, channelId: string, content: string): Promise<void> => {
    const api = link.api();
    if (api === undefined) return;
    const nonce = nonceFor('draft', taskId, now().getTime());
    const draft = await beginDraft(store, { taskId, channelId, nonce, now: now() });
    if (draft === undefined) return;
    link.sent.note(draft.nonce, content);
    if (draft.messageId !== null) return api.hasty.edit(channelId, draft.messageId, { content });
    const { id } = await api.sure.send(channelId, { content, nonce: draft.nonce });
    await noteDraft(store, taskId, id);
  };
  return {
    async show(taskId, channelId, text) {
      const task = of(taskId);
      const content = contentOf(text);
      if (task.settled || task.underWay !== undefined || content === '' || content === task.shown) return;
      task.underWay = write(taskId, channelId, content);
      try {
        await task.underWay;
        task.shown = content;
      } finally {
        task.underWay = undefined;
      }
    },
    async settle(taskId) {
      const task = of(taskId);
      task.settled = true;
      await task.underWay?.catch(() => undefined);
      return findDraft(store, taskId);
    },
    async end(taskId) {
      await endDraft(store, taskId);
      known.delete(taskId);
    },
    begin(taskId) {
      known.set(taskId, { shown: '', underWay: undefined, settled: false });
    },
  };
}

/** The beginning of a reply, marked as unfinished. */
function contentOf(text: string): string {
  const [first] = splitText(text.trim(), shownChars);
  return first === undefined ? '' : `${rendered({ ...first, body: first.body.trimEnd() })}${mark}`;
}
