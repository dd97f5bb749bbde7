import { type ServiceDefinition, serviceName } from './definition.ts';

/** The label of the job of launchd. */
export const launchdLabel = `dev.${serviceName}`;

/** The property list of a job of launchd: an agent of the user, or a daemon of the machine. */
export function plistText(definition: ServiceDefinition): string {
  const { scope, user, userHome, home, node, script, path, stopMs } = definition;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...entry('Label', string(launchdLabel)),
    ...entry('ProgramArguments', `<array>${[node, script, 'up'].map(string).join('')}</array>`),
    ...entry(
      'EnvironmentVariables',
      `<dict>${[
        ['HOME', userHome],
        ['NINJAD_HOME', home],
        ['PATH', path.join(':')],
      ]
        .map(([name = '', value = '']) => `<key>${name}</key>${string(value)}`)
        .join('')}</dict>`,
    ),
    ...(scope === 'system' ? entry('UserName', string(user)) : []),
    ...entry('RunAtLoad', '<true/>'),
    ...entry('KeepAlive', '<true/>'),
    ...entry('ThrottleInterval', '<integer>30</integer>'),
    ...entry('ExitTimeOut', `<integer>${Math.ceil(stopMs / 1000)}</integer>`),
    ...entry('ProcessType', string('Interactive')),
    ...entry('Umask', '<integer>63</integer>'),
    ...entry('StandardOutPath', string('/dev/null')),
    ...entry('StandardErrorPath', string('/dev/null')),
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

function entry(key: string, value: string): string[] {
  return [`  <key>${key}</key>`, `  ${value}`];
}

function string(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<string>${escaped}</string>`;
}
