import { setting, wholeNumber } from '../lib/config/setting.ts';

/** Settings of retention: how long rows are kept. */
export const retentionSettings = {
  'retention.eventsDays': setting(wholeNumber(1, 36_500, 'days'), 90, {
    description: 'How long ended events are kept in the database.',
    hot: true,
  }),
  'retention.tasksDays': setting(wholeNumber(1, 36_500, 'days'), 365, {
    description: 'How long ended tasks are kept in the database.',
    hot: true,
  }),
  'retention.transcriptsDays': setting(wholeNumber(1, 36_500, 'days'), 30, {
    description: 'How long the transcripts of tasks are kept in the database.',
    hot: true,
  }),
  'retention.activityDays': setting(wholeNumber(1, 36_500, 'days'), 365, {
    description: 'How long the activity log reaches back.',
    hot: true,
  }),
  'retention.deliveriesDays': setting(wholeNumber(1, 36_500, 'days'), 90, {
    description: 'How long messages that were sent, or could not be, are kept in the database.',
    hot: true,
  }),
  'retention.firesDays': setting(wholeNumber(1, 36_500, 'days'), 30, {
    description:
      'How long the fires of jobs that run by the clock are kept in the database. The last one of each job and its last success stay.',
    hot: true,
  }),
  'retention.memoriesDays': setting(wholeNumber(1, 36_500, 'days'), 365, {
    description:
      'How long memories that are not yours are kept without being said or recalled again: what strangers wrote, events, notes of machines and results of tasks. Your own, pinned ones, facts and documents of your machines stay.',
    hot: true,
  }),
};
