import { messageOf } from '../lib/errors.ts';

/** A text for the owner's own service of notifications. */
export interface Push {
  title: string;
  text: string;
}

const pushMs = 10_000;

/**
 * Posts a text to an address as ntfy takes it: the text is the body, the title a header. Resolves to undefined once it is
 * taken, or to a sentence that says why not; never rejects, and says nothing of the address, which may be a secret.
 */
export async function push(url: string, { title, text }: Push): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: text,
      headers: {
        'Content-Type': 'text/plain; charset=utf-8',
        Title: title,
        Priority: 'high',
        Tags: 'warning',
      },
      redirect: 'error',
      signal: AbortSignal.timeout(pushMs),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `the service behind alarm.url answered ${answer.status}`;
  } catch (thrown) {
    return `the service behind alarm.url could not be reached: ${messageOf(thrown).replaceAll(url, 'alarm.url')}`;
  }
}
