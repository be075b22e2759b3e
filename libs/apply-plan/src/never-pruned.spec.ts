import { describe, expect, it } from 'vitest';
import { isNeverPruned } from './never-pruned.ts';

const own = 'muster.dev/prune';
const helm = 'helm.sh/resource-policy';
const argo = 'argocd.argoproj.io/sync-options';

describe('an object that leaves its bundle', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['goes, if it says nothing', {}, false],
    ['stays, if it says so itself', { [own]: 'false' }, true],
    ['stays, if it says so to Helm', { [helm]: 'keep' }, true],
    ['stays, if it says so to Argo CD', { [argo]: 'ServerSideApply=true, Prune=false' }, true],
    ['stays, if Argo CD would keep it with its application', { [argo]: 'Delete=false' }, true],
    ['stays, if Argo CD would ask a person', { [argo]: 'Prune=confirm' }, true],
    ['goes, if what it says to Argo CD is about something else', { [argo]: 'PruneLast=true' }, false],
    ['goes, if its own word is that, whatever others are told', { [own]: 'true', [helm]: 'keep' }, false],
    ['stays as others are told where its own word cannot be read', { [own]: 'no', [helm]: 'keep' }, true],
  ])('%s', (_, annotations, expected) => {
    expect(isNeverPruned(annotations)).toBe(expected);
  });
});
