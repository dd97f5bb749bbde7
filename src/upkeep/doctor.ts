import type { ValuesOf } from '../lib/config/schema.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import type { taskSettings } from '../tasks/settings.ts';
import { checkService } from './service/check-service.ts';

type UpkeepSubject = Subject<unknown, ValuesOf<typeof taskSettings>>;

/** Checks of what keeps the daemon going. */
export const upkeepChecks: Checks<UpkeepSubject> = {
  service: (subject) => checkService(subject),
};
