import { expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { ConflictError, NinjadError } from '../../src/lib/errors.ts';
import { liveSource } from '../../src/upkeep/backup/live-source.ts';

type Asked = Parameters<typeof liveSource>[0];

/** A daemon that answers as it is told to, by operation. */
function sourceWith(answers: Record<string, () => unknown>) {
  const ask = (name: string) =>
    new Promise((resolve) => {
      resolve(answers[name]?.());
    });
  return liveSource(ask as unknown as Asked, homePaths('/nowhere'));
}

const gone = () => {
  throw new NinjadError('NOT_RUNNING', 'no daemon answers');
};
const endedMeanwhile = {
  kind: 'failed',
  message: expect.stringContaining('ended while it was backed up') as string,
};

it('trusts no copy whose daemon ended, or was started anew, while it was made', async () => {
  await expect(sourceWith({ 'backup.copied': gone }).databaseCopied()).rejects.toMatchObject(endedMeanwhile);
  await expect(sourceWith({ 'backup.filled': gone }).stillFilled(['a'])).rejects.toMatchObject(
    endedMeanwhile,
  );
  await expect(sourceWith({ 'backup.end': gone }).end()).rejects.toMatchObject(endedMeanwhile);
  const startedAnew = sourceWith({ 'backup.end': () => ({ wasHeld: false }) });
  await expect(startedAnew.end()).rejects.toMatchObject(endedMeanwhile);
  await startedAnew.end();
  await sourceWith({ 'backup.end': () => ({ wasHeld: true }) }).end();
});

it('has made its archive though the daemon has ended since, and says what else is wrong as it is', async () => {
  await sourceWith({ 'backup.end': gone }).made('/a.tar');
  const busy = () => {
    throw new ConflictError('another backup is being made');
  };
  await expect(sourceWith({ 'backup.begin': busy }).begin()).rejects.toThrow('another backup is being made');
  await expect(sourceWith({ 'backup.begin': gone }).begin()).rejects.toMatchObject({ code: 'NOT_RUNNING' });
});
