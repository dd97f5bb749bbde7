import { hostNames, ipAddress, setting, wholeNumber } from '../lib/config/setting.ts';

/** Settings of the dashboard. */
export const dashboardSettings = {
  port: setting(wholeNumber(0, 65_535), 7717, {
    description: 'TCP port of the dashboard on the loopback address; 0 takes any free one.',
    env: 'NINJAD_PORT',
    hot: false,
  }),
  'dashboard.host': setting(ipAddress, '127.0.0.1', {
    description:
      'IP address that the dashboard binds to. Anything but loopback lets other machines reach the door; it opens to the token only, and traffic is not encrypted.',
    hot: false,
  }),
  'dashboard.names': setting(hostNames, [], {
    description:
      'Host names besides loopback under which the dashboard may be opened, e.g. `["nas.lan"]`; requests for any other name are refused.',
    hot: true,
  }),
};
