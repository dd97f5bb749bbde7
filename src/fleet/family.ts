/**
 * What is wrong with the parent of a host, or undefined: it has to be known (those of config.json may stand behind hosts that
 * are added otherwise), and no host is behind itself.
 */
export function parentFault(
  name: string,
  parent: string | null,
  parents: ReadonlyMap<string, string | null>,
  of: 'all' | 'declared' = 'all',
): string | undefined {
  if (parent === null) return undefined;
  if (parent === name) return 'a host is not its own parent';
  if (of === 'all' && !parents.has(parent)) return `there is no host ${parent}`;
  const seen = new Set([name]);
  for (let at: string | null = parent; at !== null; at = parents.get(at) ?? null) {
    if (seen.has(at)) return `${name} would be behind itself, by way of ${parent}`;
    seen.add(at);
  }
  return undefined;
}

/** Hosts with those that others stand behind first. */
export function parentsFirst<Host extends { name: string; parent: string | null }>(
  hosts: readonly Host[],
): Host[] {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const depths = new Map<string, number>();
  const depthOf = (host: Host, steps = 0): number => {
    const known = depths.get(host.name);
    if (known !== undefined) return known;
    const parent = host.parent === null ? undefined : byName.get(host.parent);
    const depth = parent === undefined || steps > hosts.length ? 0 : depthOf(parent, steps + 1) + 1;
    depths.set(host.name, depth);
    return depth;
  };
  return [...hosts].sort((one, other) => depthOf(one) - depthOf(other));
}

/** Names of the hosts behind each host, near and far. */
export function behindEach(
  hosts: readonly { name: string; parent: string | null; enabled: boolean }[],
): Map<string, string[]> {
  const parents = new Map(hosts.map(({ name, parent }) => [name, parent]));
  const behind = new Map<string, string[]>();
  for (const { name, enabled } of hosts) {
    if (!enabled) continue;
    const seen = new Set([name]);
    for (let at = parents.get(name) ?? null; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
      seen.add(at);
      behind.set(at, [...(behind.get(at) ?? []), name]);
    }
  }
  return behind;
}
