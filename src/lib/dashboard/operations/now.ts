import type { Handlers } from '../dispatch.ts';
import type { Pulse } from '../feeds/pulse.ts';
import type { Hello } from '../protocol/answers.ts';

/** What the page shows first. */
export function nowOperations({ hello, pulse }: { hello: () => Hello; pulse: Pulse }) {
  return {
    'hello.get': hello,
    'now.get': () => pulse.now(),
    'now.history': () => pulse.history(),
  } satisfies Partial<Handlers>;
}
