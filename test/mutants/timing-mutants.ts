import { CommitPipeline, type CutMoment } from '../../src/engine/commit/commit-pipeline.ts';
import { CommitTiming } from '../../src/engine/commit/commit-timing.ts';
import { CommitGroup } from '../../src/engine/partition/commit-group.ts';
import { replaceGetter, replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of when a commit is cut. */
export const timingMutants: readonly Mutant[] = [
  {
    name: 'wait-without-end',
    breaks: 'nothing ends the wait of a commit',
    suite: 'simulation',
    apply: () =>
      replaceMethod(CommitPipeline.prototype, 'cutIfDue', (cutIfDue) => {
        return function (this: CommitPipeline, moment: CutMoment) {
          cutIfDue.call(this, moment);
          this.stop();
        };
      }),
  },
  {
    name: 'acknowledgements-never-alone',
    breaks: 'acknowledgements commit only when there is something else to commit',
    suite: 'simulation',
    apply: () =>
      replaceGetter(CommitGroup.prototype, 'empty', function (original) {
        return original() === true || this.acknowledgementsOnly;
      }),
  },
  {
    name: 'gap-without-end',
    breaks: 'nothing ends the gap after many commits in a second',
    suite: 'simulation',
    apply: () =>
      replaceMethod(CommitPipeline.prototype, 'cutIfDue', (cutIfDue) => {
        const waitMs = CommitTiming.prototype.waitMs;
        return function (this: CommitPipeline, moment: CutMoment) {
          let gap = false;
          const undo = replaceMethod(CommitTiming.prototype, 'waitMs', () => {
            return function (this: CommitTiming, acknowledgementsOnly: boolean) {
              gap = waitMs.call(this, false) > 0;
              return waitMs.call(this, acknowledgementsOnly);
            };
          });
          cutIfDue.call(this, moment);
          undo();
          if (gap) this.stop();
        };
      }),
  },
];
