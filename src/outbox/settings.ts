import { setting, wholeNumber } from '../lib/config/setting.ts';

/** Settings of the outbox. */
export const outboxSettings = {
  'outbox.giveUpHours': setting(wholeNumber(1, 8_760, 'hours'), 168, {
    description:
      'How long a message is tried while its channel is away; past it you are told that it was not delivered.',
    hot: true,
  }),
};
