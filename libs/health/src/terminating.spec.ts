import { expect, test } from 'vitest';
import { healthOf } from './health-of.ts';

const condition = (type: string, message: string, status = 'True') => ({
  type,
  status,
  reason: 'X',
  message,
});

test('a namespace that does not end says what is left in it, and who holds that', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', deletionTimestamp: '2026-11-21T12:00:00Z' },
    status: {
      phase: 'Terminating',
      conditions: [
        condition('NamespaceDeletionDiscoveryFailure', 'All resources successfully discovered', 'False'),
        condition(
          'NamespaceContentRemaining',
          'Some resources are remaining: widgets. has 1 resource instances',
        ),
        condition(
          'NamespaceFinalizersRemaining',
          'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
        ),
      ],
    },
  };
  expect(healthOf(object)).toEqual({
    status: 'Progressing',
    message:
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances; Some resources are remaining: widgets. has 1 resource instances',
  });
});

test('so does a CRD', () => {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com', deletionTimestamp: '2026-11-21T12:00:00Z' },
    status: { conditions: [condition('Terminating', 'CustomResource deletion is in progress')] },
  };
  expect(healthOf(object)).toEqual({
    status: 'Progressing',
    message: 'CustomResource deletion is in progress',
  });
});

test('what says nothing of it is being deleted', () => {
  const metadata = { name: 'a', deletionTimestamp: '2026-11-21T12:00:00Z' };
  const deleted = { status: 'Progressing', message: 'the object is being deleted' };
  expect(healthOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata })).toEqual(deleted);
  expect(healthOf({ apiVersion: 'v1', kind: 'Namespace', metadata, status: { conditions: 7 } })).toEqual(
    deleted,
  );
});
