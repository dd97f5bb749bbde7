import { expect, it } from 'vitest';
import { kindView } from '../../src/sensors/built-in/kind-view.ts';
import { kindNamed, sensorKinds } from '../../src/sensors/built-in/kinds.ts';
import { readDeclaration } from '../../src/sensors/declaration.ts';

function viewNamed(name: string) {
  const kind = kindNamed(name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kindView(kind);
}

it('tells what a form has to ask for, and what is taken where nothing is said', () => {
  const { every, fields } = viewNamed('tls');
  expect(every).toBe('6h');
  expect(fields[0]).toMatchObject({ name: 'host', type: 'text', isRequired: true, usual: null });
  expect(fields.find(({ name }) => name === 'port')).toMatchObject({ type: 'number', usual: '443' });
  expect(fields.find(({ name }) => name === 'days')).toMatchObject({
    type: 'list',
    isNumeric: true,
    usual: '21, 7, 1',
  });
  expect(fields.find(({ name }) => name === 'verify')).toMatchObject({ type: 'flag', usual: 'no' });
});

it('knows a text or several for a list, and the words of a choice', () => {
  expect(viewNamed('files').fields[0]).toMatchObject({ name: 'path', type: 'list', isRequired: true });
  expect(viewNamed('files').fields[0]?.says).toContain('Files and folders');
  expect(viewNamed('units').fields.find(({ name }) => name === 'scope')).toMatchObject({
    type: 'choice',
    options: ['system', 'user'],
    usual: 'system',
  });
});

it('asks for just those fields without which a kind cannot run', () => {
  for (const kind of sensorKinds) {
    const needs = kindView(kind)
      .fields.filter(({ isRequired }) => isRequired)
      .map(({ name }) => name);
    const read = readDeclaration(kind.kind, true);
    const missed = 'faults' in read ? read.faults.map(({ path }) => path.join('.')) : [];
    expect([kind.kind, [...new Set(missed)].sort()]).toEqual([kind.kind, needs.sort()]);
  }
});
