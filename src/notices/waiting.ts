/** Notices that wait for the owner, as a count. */
export const noticesWaiting = {
  notices: 'SELECT count(*) FROM owner_notices WHERE seen_at IS NULL',
};
