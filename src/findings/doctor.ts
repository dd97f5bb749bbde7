import { type CheckResult, ok, warn } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import type { DetectorView } from './detector-view.ts';
import type { Finding } from './rows.ts';

interface FindingSubject extends Subject {
  client: {
    ask(name: 'findings.detectors', input: Record<string, never>): Promise<readonly Told<DetectorView>[]>;
    ask(
      name: 'findings.list',
      input: { state: 'open'; limit: number },
    ): Promise<{ items: readonly Pick<Told<Finding>, 'severity' | 'id' | 'summary'>[] }>;
  };
}

/** As it comes over the wire. */
type Told<View> = { [Key in keyof View]: View[Key] extends Date | null ? string | null : View[Key] };

/** Checks of the daemon's own findings. */
export const findingChecks: Checks<FindingSubject> = { findings: checkFindings };

/** Whether the detectors could look, and nothing critical waits. */
export async function checkFindings({ daemon, client }: FindingSubject): Promise<CheckResult> {
  if (daemon.state !== 'running') return ok('not known while no daemon runs');
  const detectors = await client.ask('findings.detectors', {});
  const failing = detectors.filter(({ state }) => state === 'failing');
  const [first] = failing;
  if (first !== undefined)
    return warn(
      `${failing.length} of ${detectors.length} detectors could not look; the first: ${first.kind}: ${first.problem ?? ''}`,
      'detectors that look',
      'ninjad findings look tries again; the setting findings.off switches one off',
    );
  const { items } = await client.ask('findings.list', { state: 'open', limit: 100 });
  const [critical] = items.filter(({ severity }) => severity === 'critical');
  if (critical !== undefined)
    return warn(
      `finding ${critical.id} is critical: ${critical.summary}`,
      'nothing critical that is open',
      `ninjad findings show ${critical.id}`,
    );
  return ok(`${detectors.length} detectors, ${items.length} open`);
}
