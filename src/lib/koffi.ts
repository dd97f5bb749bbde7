import { createRequire } from 'node:module';

/** The part of koffi, which calls functions of C libraries, that we use. */
export interface Koffi {
  load(path: null): { func(prototype: string): (...args: unknown[]) => unknown };
  errno(): number;
  os: { errno: Record<string, number> };
}

/** koffi, or undefined where its optional binary is missing or the system is not Linux. */
export function loadKoffi(): Koffi | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    return undefined;
  }
}
