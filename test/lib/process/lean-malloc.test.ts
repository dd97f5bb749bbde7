import { expect, it } from 'vitest';
import { loadKoffi } from '../../../src/lib/koffi.ts';
import { leanMalloc } from '../../../src/lib/process/lean-malloc.ts';

const isGlibc =
  (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime !==
  undefined;

it('takes every parameter where the C library is glibc and koffi is there, and breaks nothing elsewhere', () => {
  expect(leanMalloc()).toBe(isGlibc && loadKoffi() !== undefined);
});
