import { expect, it } from 'vitest';
import { fieldLabel, givenOf, nameOf } from '../../../public/js/panels/sensors/sensor-fields.js';

const field = {
  name: 'x',
  type: 'text' as const,
  options: [],
  isNumeric: false,
  isRequired: false,
  usual: null,
  says: null,
};

it('gives what was filled in as the daemon takes it, and nothing for what was left empty', () => {
  const fields = [
    { ...field, name: 'host' },
    { ...field, name: 'port', type: 'number' as const },
    { ...field, name: 'verify', type: 'flag' as const },
    { ...field, name: 'days', type: 'list' as const, isNumeric: true },
    { ...field, name: 'path', type: 'list' as const },
    { ...field, name: 'scope', type: 'choice' as const, options: ['system', 'user'] },
    { ...field, name: 'servername' },
  ];
  const texts = {
    host: ' nas.lan ',
    port: '8443',
    verify: 'no',
    days: '30, 7\n1',
    path: '/etc\n\n /srv ',
    scope: 'user',
    servername: '  ',
  };
  expect(givenOf(fields, texts)).toEqual({
    host: 'nas.lan',
    port: 8443,
    verify: false,
    days: [30, 7, 1],
    path: ['/etc', '/srv'],
    scope: 'user',
  });
});

it('leaves what is no number for the daemon to refuse', () => {
  expect(givenOf([{ ...field, name: 'port', type: 'number' }], { port: 'many' })).toEqual({ port: 'many' });
});

it('names it by its kind, and by a word where several are of one kind', () => {
  expect(nameOf('tls', ' ')).toBe('tls');
  expect(nameOf('tls', 'tls')).toBe('tls');
  expect(nameOf('tls', 'my nas')).toBe('tls:my-nas');
  expect(nameOf('tls', 'tls:nas')).toBe('tls:nas');
});

it('says a setting in words', () => {
  expect(fieldLabel({ name: 'warnPercent' })).toBe('Warn percent');
});
