import { readFileSync, writeFileSync } from 'node:fs';
import type { Fact } from './facts.ts';
import { type AgentName, agentNames, pinnedAgents } from './fetch-agents.ts';

const titles: Readonly<Record<AgentName, string>> = {
  claude: 'Claude Code',
  codex: 'Codex CLI',
  gemini: 'Gemini CLI',
  opencode: 'opencode',
};

const begin = '<!-- agents: begin -->';
const end = '<!-- agents: end -->';

/**
 * Compares the table between the marks of a Markdown file with what was seen of the agents that ran, or writes it there; the columns
 * of the others stay. Returns the cells that differ.
 */
export function updateTable(path: string, facts: readonly Fact[], write: boolean): string[] {
  const text = readFileSync(path, 'utf8');
  const [head = '', rest = ''] = text.split(begin);
  const [old = '', tail = ''] = rest.split(end);
  if (tail === '') throw new Error(`${path} has no place for the table of agents`);
  const known = readTable(old);
  const seen = new Map(facts.map(({ agent, row, seen: cell }) => [`${agent} ${row}`, cell]));
  const rows = [...new Set([...known.rows, ...facts.map(({ row }) => row)])];
  const ran = new Set(facts.map(({ agent }) => agent));
  const cell = (agent: AgentName, row: string): string => {
    const key = `${agent} ${row}`;
    return (ran.has(agent) ? seen.get(key) : known.cells.get(key)) ?? '';
  };
  const differing = rows.flatMap((row) =>
    agentNames
      .filter((agent) => cell(agent, row) !== (known.cells.get(`${agent} ${row}`) ?? ''))
      .map(
        (agent) =>
          `${agent}, ${row}: ${known.cells.get(`${agent} ${row}`) ?? 'nothing'} → ${cell(agent, row)}`,
      ),
  );
  if (write && differing.length > 0) {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    const table = [
      line(['', ...agentNames.map((agent) => `${titles[agent]} ${pinnedAgents[agent].version}`)]),
      line(['---', ...agentNames.map(() => '---')]),
      ...rows.map((row) => line([row, ...agentNames.map((agent) => cell(agent, row))])),
    ];
    writeFileSync(path, `${head}${begin}\n\n${table.join('\n')}\n\n${end}${tail}`);
  }
  return differing;
}

function readTable(text: string): { rows: string[]; cells: Map<string, string> } {
  const [, ...columns] = cellsOf(text.split('\n').find((line) => line.startsWith('|')) ?? '');
  // By its title, since another one may have been put before it.
  const placeOf = (agent: AgentName) => columns.findIndex((title) => title.startsWith(titles[agent]));
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map(cellsOf);
  const cells = lines.flatMap(([row = '', ...values]) =>
    agentNames.map((agent): [string, string] => [`${agent} ${row}`, values[placeOf(agent)] ?? '']),
  );
  return { rows: lines.map(([row = '']) => row), cells: new Map(cells) };
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((part) => part.trim());
}
