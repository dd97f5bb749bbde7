import type { SettingKey, Settings } from './schema.ts';

/** Settings that are each good alone and do not fit together. */
export interface Misfit {
  keys: readonly SettingKey[];
  message: string;
}

/** The rules that hold between settings: empty where all is well. */
export function misfits(settings: Settings): Misfit[] {
  const found: Misfit[] = [];
  const { 'lanes.total': total, 'lanes.reservedForHuman': reserved } = settings;
  if (reserved >= total) {
    found.push({
      keys: ['lanes.reservedForHuman', 'lanes.total'],
      message: `lanes.reservedForHuman: expected less than lanes.total (${total}), got ${reserved}`,
    });
  }
  const { 'journal.segmentBytes': segment, 'journal.maxBytes': max } = settings;
  if (max < 2 * segment) {
    found.push({
      keys: ['journal.maxBytes', 'journal.segmentBytes'],
      message: `journal.maxBytes: expected at least two segments (${2 * segment}), got ${max}`,
    });
  }
  if (settings['agent.path'] !== null && settings['agent.command'] !== null) {
    found.push({
      keys: ['agent.command', 'agent.path'],
      message: 'agent.command: expected null where agent.path (NINJAD_AGENT) names an agent, got both',
    });
  }
  return found;
}
