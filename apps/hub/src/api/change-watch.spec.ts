import { describe, expect, it } from 'vitest';
import { changedTopics } from './change-watch.ts';

const former = {
  clusters: '3/7/3/3',
  bundles: '2/5',
  revisions: '1/4',
  assignments: '9/1/0/',
  statuses: '6/noon',
};

describe('what is worth reading again', () => {
  it('is nothing while nothing changed', () => {
    expect(changedTopics(former, { ...former })).toEqual([]);
  });

  it('is the revisions and the status when a commit came', () => {
    expect(changedTopics(former, { ...former, revisions: '2/8' })).toEqual(['revisions', 'status']);
  });

  it('is everything that shows a cluster when one fell silent, each once', () => {
    const topics = changedTopics(former, { ...former, clusters: '3/7/2/2', statuses: '6/later' });
    expect(topics.toSorted()).toEqual(['assignments', 'bundles', 'clusters', 'objects', 'status']);
  });
});
