/** 2 GB: with less the owner has not asked for an agent that waits. */
const roomyBytes = 2 * 1024 ** 3;
/** Once it stands, it goes when there is only half as much. */
const shortBytes = 1024 ** 3;
/** Even where the owner wants one. */
const leastBytes = 512 * 1024 ** 2;

/** Whether an agent may be started ahead: as the setting says (null: by the free memory), and never where that is short. */
export function mayStart(wanted: 0 | 1 | null, freeBytes: number): boolean {
  if (wanted === 0) return false;
  return freeBytes >= (wanted === 1 ? leastBytes : roomyBytes);
}

/** Why an agent that was started ahead has to go, or undefined where it may stay. */
export function whyNotStay(wanted: 0 | 1 | null, freeBytes: number): 'unwanted' | 'memory' | undefined {
  if (wanted === 0) return 'unwanted';
  return freeBytes < (wanted === 1 ? leastBytes : shortBytes) ? 'memory' : undefined;
}
