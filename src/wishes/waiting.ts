/** Wishes that wait for the owner, as a count. */
export const wishesWaiting = {
  wishes: `SELECT count(*) FROM wishlist WHERE state IN ('proposed', 'drafted')`,
};
