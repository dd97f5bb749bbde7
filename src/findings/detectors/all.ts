import type { Detector } from '../detector.ts';
import { costOutlier } from './cost-outlier.ts';
import { duplicateMemories } from './duplicate-memories.ts';
import { failingCategory } from './failing-category.ts';
import { idleRule } from './idle-rule.ts';
import { loopStall } from './loop-stall.ts';
import { noisySensor } from './noisy-sensor.ts';
import { promptBloat } from './prompt-bloat.ts';
import { queueStarvation } from './queue-starvation.ts';
import { restartCluster } from './restart-cluster.ts';
import { retryStorm } from './retry-storm.ts';
import { slowCategory } from './slow-category.ts';
import { slowStatement } from './slow-statement.ts';
import { tableBloat } from './table-bloat.ts';
import { unfinishedGoal } from './unfinished-goal.ts';
import { unusedRecalls } from './unused-recalls.ts';

/** Every detector, one line each, in the order in which they look. */
export const detectors: readonly Detector[] = [
  failingCategory,
  slowCategory,
  costOutlier,
  retryStorm,
  promptBloat,
  unusedRecalls,
  duplicateMemories,
  noisySensor,
  idleRule,
  queueStarvation,
  loopStall,
  slowStatement,
  tableBloat,
  restartCluster,
  unfinishedGoal,
];

/** Names of all detectors. */
export const detectorKinds: readonly string[] = detectors.map(({ kind }) => kind);
