import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { AgentName } from './fetch-agents.ts';

/** What was seen of a CLI: a row of the table, by the order in which rows are told. */
export interface Fact {
  agent: AgentName;
  /** What it can or what becomes of it, as the first column says it. */
  row: string;
  seen: string;
}

/** The variable that names the file in which the tests write what they have seen. */
export const factsVariable = 'NINJAD_AGENT_FACTS';

/** Writes down what a test has seen; only after its expectations held. */
export function noteFact(agent: AgentName, row: string, seen: string): void {
  const path = process.env[factsVariable];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ agent, row, seen })}\n`);
}

/** All that was written into a file of facts. */
export function readFacts(path: string): Fact[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Fact);
}
