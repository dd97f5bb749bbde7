import type { NewEvent } from '../lib/wire/put-event.ts';
import { sourceOfSensor } from './name.ts';
import type { Told } from './settle.ts';

/** Category of what a sensor says about itself: that it fails, is silent, floods. */
export const troubleCategory = 'sensor-trouble';

/** The event of something that a sensor that ships has to tell. `key` makes a second writing of it harmless. */
export function eventOfNews(name: string, kind: string, told: Told, at: Date, key: string): NewEvent {
  const { subject, text, level, before, value, facts, category, urgency } = told;
  const isNamed = subject === '' || text.includes(subject);
  return {
    priority: urgency,
    source: sourceOfSensor(name),
    timestamp: at,
    category: category ?? kind,
    payload: {
      text: isNamed ? text : `${subject} ${text}`,
      sensor: name,
      ...(subject !== '' && { subject }),
      ...(level !== undefined && { state: level }),
      ...(before !== undefined && { before }),
      ...(value !== undefined && { value: Math.round(value * 100) / 100 }),
      ...facts,
      dedupKey: key,
    },
  };
}

/** Trouble of a sensor itself; `null` says that it is over. */
export interface Trouble {
  kind: 'failing' | 'hanging' | 'flooding' | 'binary' | 'forking' | 'silent' | 'overdue' | 'unusable';
  text: string;
  /** What tells two of one kind apart, such as the exit status. */
  detail?: string;
}

/** The event of trouble that has begun, has become another, or is over. */
export function eventOfTrouble(name: string, trouble: Trouble | null, at: Date, key: string): NewEvent {
  return {
    priority: trouble === null || trouble.kind === 'silent' ? 'LOW' : 'NORMAL',
    source: sourceOfSensor(name),
    timestamp: at,
    category: troubleCategory,
    payload: {
      text: `sensor ${name}: ${trouble === null ? 'all is well again' : trouble.text}`,
      sensor: name,
      trouble: trouble?.kind ?? 'none',
      dedupKey: key,
    },
  };
}
