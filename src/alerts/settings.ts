import { orNull, setting, webUrl } from '../lib/config/setting.ts';

/** Settings of what is told by another way than the one that is down. */
export const alertSettings = {
  'alarm.url': setting(orNull(webUrl), null, {
    description:
      'Where a short text is sent by HTTP POST when a way to you is down for long, e.g. `https://ntfy.sh/a-secret-topic`; null sends nothing.',
    hot: true,
    secret: true,
  }),
};
