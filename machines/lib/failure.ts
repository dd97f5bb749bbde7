/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** True for the error that says that Postgres cannot be reached at the moment: a state, not a failure. */
export function saysStoreAway(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'STORE_AWAY';
}

/** True where it also says that Postgres answers and refuses, whatever it is asked. */
export function saysStoreRefuses(thrown: unknown): boolean {
  return saysStoreAway(thrown) && (thrown as { refused?: unknown }).refused === true;
}

/** True for the error that says that the store and this program do not fit together: waiting and starting anew heal nothing. */
export function saysStoreUnfit(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' && thrown !== null && 'isPermanent' in thrown && thrown.isPermanent === true
  );
}
