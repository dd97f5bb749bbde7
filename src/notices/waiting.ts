/** Of a notice, as SQL: it was not seen, and is not put off any more. */
export const isWaiting = '(seen_at IS NULL AND (put_off_until IS NULL OR put_off_until <= now()))';

/** Notices that wait for the owner, as a count. */
export const noticesWaiting = {
  notices: `SELECT count(*) FROM owner_notices WHERE ${isWaiting}`,
};
