import type { Reflex, Reflexes } from './reflex.ts';

/** A line of `/help`. */
export interface CommandHelp {
  /** The command with its argument, e.g. `/remember TEXT`. */
  usage: string;
  /** Completes "/remember TEXT – …". */
  does: string;
}

/** A rule that leads events of one category to a reflex. */
export interface CategoryRule {
  /** Name of the rule. */
  name: string;
  category: string;
  /** True where only the owner may ask so; such a rule stands before the commands, since the text may begin with a slash. */
  ownerOnly?: true;
}

/** A reflex as its concern declares it; `Deps` is all that it needs of the daemon. */
export interface ReflexDeclaration<Deps> {
  /** Name in routes, `reflex:<name>`; and the command, where there is one. */
  name: string;
  /** Help where the owner may ask for it by `/<name>`; the rule `command-<name>` follows from it. */
  command?: CommandHelp;
  /** What becomes of an event, in words, where that is more than to be answered by the command. */
  says?: string;
  /** Further rules that lead to it. */
  rules?: readonly CategoryRule[];
  create: (deps: Deps) => Reflex;
}

/** The lines of `/help` in the order of the declarations. */
export function commandsOf(declared: readonly ReflexDeclaration<never>[]): CommandHelp[] {
  return declared.flatMap(({ command }) => command ?? []);
}

/** What becomes of an event by each reflex, in words, by name. */
export function reflexWordsOf(
  declared: readonly ReflexDeclaration<never>[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    declared.map(({ name, says }) => [name, says ?? `is answered by /${name}`] as const),
  );
}

/** The reflexes by name. Throws where two concerns declare the same one. */
export function reflexesOf<Deps>(declared: readonly ReflexDeclaration<Deps>[], deps: Deps): Reflexes {
  const reflexes = new Map<string, Reflex>();
  for (const { name, create } of declared) {
    if (reflexes.has(name)) throw new Error(`the reflex ${name} is declared twice`);
    reflexes.set(name, create(deps));
  }
  return Object.fromEntries(reflexes);
}
