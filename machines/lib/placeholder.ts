/** The stand-in for logic or an action without parameters that the root provides; it throws when it is reached. */
export function placeholder(machine: string, name: string): () => never;
/** The stand-in for an action with parameters. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says what the action is told
export function placeholder<Params>(machine: string, name: string): (scope: unknown, params: Params) => never;
export function placeholder(machine: string, name: string) {
  return (): never => {
    throw new Error(`${machine} machine: "${name}" was not provided`);
  };
}
