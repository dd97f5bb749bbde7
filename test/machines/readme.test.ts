import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '../../machines');
const readme = readFileSync(join(home, 'README.md'), 'utf8');
const machines = readdirSync(home).filter((folder) => existsSync(join(home, folder, 'machine.ts')));

interface Row {
  from: string[];
  to: string[];
  events: string[];
}

/** The part of the README under a heading. */
function section(heading: string): string {
  const part = readme.split(/^## /m).find((each) => each.startsWith(heading));
  if (part === undefined) throw new Error(`machines/README.md has no part "${heading}"`);
  return part;
}

/** The tree as it is drawn: ids with the folder of their machine, `top` for the children of the topmost supervisor. */
function drawnTree(): { id: string; folder: string; isTop: boolean }[] {
  const lines = section('Who is whose parent').split('\n');
  return lines.flatMap((line) => {
    const [, branch = '', id, folder] = /^([ │├└─]*)([a-z][\w-]*)\S* +([a-z][\w-]*) {2}/i.exec(line) ?? [];
    return id === undefined || folder === undefined ? [] : [{ id, folder, isTop: /^ {3}[├└]/.test(branch) }];
  });
}

/** The table of events. */
function drawnRows(): Row[] {
  const rows = section('Which events pass')
    .split('\n')
    .filter((line) => line.includes('`') && line.startsWith('|'));
  const names = (cell = ''): string[] => cell.split(',').map((name) => name.trim());
  return rows.map((line) => {
    const [, from, to, events = ''] = line.split('|');
    return {
      from: names(from),
      to: names(to),
      events: [...events.matchAll(/`([^`]+)`/g)].map(([, event = '']) => event),
    };
  });
}

/** The string literals that a type names in its property `type`. */
function eventsIn(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const events: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && node.name.getText(file) === 'type' && node.type !== undefined)
      if (ts.isLiteralTypeNode(node.type) && ts.isStringLiteral(node.type.literal))
        events.push(node.type.literal.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return events;
}

const events = new Map(machines.map((machine) => [machine, readEvents(machine)] as const));
const none = { passing: new Set<string>(), own: new Set<string>() };
const eventsOf = (machine: string) => events.get(machine) ?? none;

/** The events of a machine: those of its protocol pass between actors, all others it sends to itself. */
function readEvents(machine: string): typeof none {
  const files = readdirSync(join(home, machine));
  const read = (names: string[]) => new Set(names.flatMap((name) => eventsIn(join(home, machine, name))));
  return {
    passing: read(files.filter((name) => name === 'protocol.ts')),
    own: read(files.filter((name) => name !== 'protocol.ts')),
  };
}

const folderOf = new Map([
  ...machines.map((folder) => [folder, folder] as const),
  ...drawnTree().map(({ id, folder }) => [id, folder] as const),
]);
const isToItself = ({ to }: Row): boolean => to.includes('itself');
/** Machines whose contract a row is about. */
const machinesOf = ({ from, to }: Row): string[] =>
  [...from, ...to].flatMap((name) => folderOf.get(name) ?? []);

describe('the table of events in machines/README.md', () => {
  const rows = drawnRows();

  it('names every event that passes between actors, beside the machine whose contract it is', () => {
    const missing = machines.flatMap((machine) =>
      [...eventsOf(machine).passing]
        .filter(
          (event) => !rows.some((row) => row.events.includes(event) && machinesOf(row).includes(machine)),
        )
        .map((event) => `${machine}: ${event}`),
    );
    expect(missing).toEqual([]);
  });

  it('names every event that a machine sends to itself', () => {
    const toThemselves = rows.filter(isToItself);
    const missing = machines.flatMap((machine) =>
      [...eventsOf(machine).own]
        .filter(
          (event) =>
            !toThemselves.some((row) => row.events.includes(event) && machinesOf(row).includes(machine)),
        )
        .map((event) => `${machine}: ${event}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no event that does not exist there', () => {
    const unknown = rows.flatMap((row) => {
      const known = machinesOf(row).map(eventsOf);
      return row.events
        .filter((event) => !known.some(({ passing, own }) => (isToItself(row) ? own : passing).has(event)))
        .map((event) => `${row.from.join()} → ${row.to.join()}: ${event}`);
    });
    expect(unknown).toEqual([]);
  });

  it('has events in every row', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ events }) => events.length === 0)).toEqual([]);
  });
});

describe('the tree in machines/README.md', () => {
  it('is made of the machines that there are', () => {
    expect([...new Set(drawnTree().map(({ folder }) => folder))].sort()).toEqual(machines.sort());
  });

  it('has the children of src/system.ts in their order', () => {
    const system = readFileSync(join(home, '../src/system.ts'), 'utf8');
    const specs = [...system.matchAll(/(?:child|chore)Spec\(\{\s*id: '([^']+)'/g)].map(([, id]) => id);
    expect(specs.length).toBeGreaterThan(10);
    const top = drawnTree().filter(({ isTop }) => isTop);
    expect(top.map(({ id }) => id)).toEqual(specs);
  });

  it('has everybody who can be told something by id', () => {
    const source = readFileSync(join(home, 'neighbours.ts'), 'utf8');
    const file = ts.createSourceFile('neighbours.ts', source, ts.ScriptTarget.Latest);
    const map = file.statements.find(
      (node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Neighbours',
    );
    const ids = (map as ts.InterfaceDeclaration).members.map(
      ({ name }) => (name as ts.Identifier | ts.StringLiteral).text,
    );
    expect(ids).toContain('tasks');
    const top = drawnTree().filter(({ isTop }) => isTop);
    expect(ids.filter((id) => !top.some((child) => child.id === id))).toEqual([]);
  });
});
