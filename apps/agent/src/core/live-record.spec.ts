import type { KubeObject } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { liveRecord } from './live-record.ts';

const object = (fieldsV1: object, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'a',
    uid: 'u',
    resourceVersion: '10',
    managedFields: [
      { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:data': {} } },
      { manager: 'muster', operation: 'Apply', fieldsV1 },
    ],
    ...more,
  },
});

describe('what is kept of a live object', () => {
  it('has one hash for what we own, whatever others own', () => {
    const owned = liveRecord(object({ 'f:data': { 'f:a': {} } }), 'metadata-suffices');
    expect(owned.fieldsHash).toBe(
      liveRecord(object({ 'f:data': { 'f:a': {} } }), 'metadata-suffices').fieldsHash,
    );
    expect(owned.fieldsHash).not.toBe(liveRecord(object({ 'f:data': {} }), 'metadata-suffices').fieldsHash);
  });

  it('has another hash after an apply in our name', () => {
    const hashAt = (time: string) =>
      liveRecord(
        object({}, { managedFields: [{ manager: 'muster', operation: 'Apply', time, fieldsV1: {} }] }),
        'metadata-suffices',
      ).fieldsHash;
    expect(hashAt('2026-01-01T00:00:00Z')).not.toBe(hashAt('2026-01-01T00:00:01Z'));
  });

  it("knows Helm's, Argo CD's and Muster's marks against pruning", () => {
    const kept = (annotations: object) =>
      liveRecord(object({}, { annotations }), 'metadata-suffices').neverPrune;
    expect(kept({ 'muster.dev/prune': 'false' })).toBe(true);
    expect(kept({ 'helm.sh/resource-policy': 'keep' })).toBe(true);
    expect(kept({ 'argocd.argoproj.io/sync-options': 'Prune=false' })).toBe(true);
    expect(kept({ 'muster.dev/prune': 'true' })).toBe(false);
  });

  it('keeps the health that was known of the same resourceVersion when only metadata came', () => {
    const before = liveRecord(object({}), 'whole');
    expect(liveRecord(object({}), before).health).toEqual({ status: 'Healthy', message: '' });
    expect(liveRecord(object({}, { resourceVersion: '11' }), before).health.status).toBe('Progressing');
    expect(liveRecord(object({}), undefined).health.status).toBe('Progressing');
  });
});
