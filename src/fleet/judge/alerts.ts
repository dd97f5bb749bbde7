import { endingCertificates } from './certificates.ts';
import type { HostMemory } from './memory.ts';
import { troubleText } from './settle.ts';

/** What of a host the owner knows to be wrong, by the kind of alert. What is not in it any more has come to its end. */
export function alertsFor(
  {
    name,
    memory,
    everyMs,
    reason,
  }: { name: string; memory: HostMemory; everyMs: number; reason: string | null },
  at: Date,
): Map<string, string> {
  const alerts = new Map<string, string>();
  if (memory.told === 'down') alerts.set('down', `${name} is down${reason === null ? '' : `: ${reason}`}`);
  if (memory.told === 'degraded') alerts.set('degraded', `${name} is not well: ${troubleText(memory)}`);
  if (memory.told === 'flapping') alerts.set('flapping', `${name} goes up and down`);
  for (const [mount, { fullAt, told }] of Object.entries(memory.filling))
    if (told)
      alerts.set(
        `disk:${mount}`,
        `${name}: ${mount} will be full on ${fullAt.slice(0, 10)} if it goes on like this`,
      );
  for (const [of, endsAt] of endingCertificates(memory.certificates, at.getTime(), everyMs))
    alerts.set(`certificate:${of}`, `${name}: the certificate of ${of} ends on ${endsAt.slice(0, 10)}`);
  return alerts;
}
