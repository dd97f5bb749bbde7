/** Tasks of which a deed may have been done, as a count: they go on, or are left, by the owner's word. */
export const doubtsWaiting = {
  doubts: `SELECT count(*) FROM tasks WHERE state = 'queued' AND in_doubt`,
};

/** Dead letters that wait for the owner, as a count: tasks, and events that never became one. */
export const deadLettersWaiting = {
  deadLetters: `SELECT (SELECT count(*) FROM tasks WHERE state = 'dead')
    + (SELECT count(*) FROM events WHERE status = 'dead'
        AND NOT EXISTS (SELECT FROM tasks WHERE tasks.event_id = events.id))`,
};
