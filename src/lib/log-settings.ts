import { oneOf, setting } from './config/setting.ts';

/** Settings of the log. */
export const logSettings = {
  'log.level': setting(oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), 'info', {
    description: 'The least severe messages that are logged.',
    hot: true,
  }),
};
