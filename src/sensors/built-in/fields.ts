import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { Thresholds } from '../thresholds.ts';

/** An absolute path. */
export const path = z.string().max(4096).refine(isAbsolute, 'expected an absolute path');

/** One path or several. */
export const paths = z.union([path, z.array(path).min(1).max(50)]).transform((given) => [given].flat());

/** Settings of a figure in per cent that is bad when it is high. */
export function percentThresholds(warning: number, critical: number, slack = 3) {
  const percent = z.number().min(0).max(100);
  return {
    warnPercent: percent.default(warning),
    criticalPercent: percent.default(critical),
    slackPercent: percent.default(slack),
  };
}

/** The thresholds that those settings stand for. */
export function thresholdsOf(settings: {
  warnPercent: number;
  criticalPercent: number;
  slackPercent: number;
}): Thresholds {
  return {
    warning: settings.warnPercent,
    critical: settings.criticalPercent,
    slack: settings.slackPercent,
  };
}

/** A figure with at most one digit after the point. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Bytes for people, in powers of 1,024. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${short(bytes / 1024 ** power)} ${units[power]}`;
}
