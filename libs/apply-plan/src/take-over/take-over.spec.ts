import { parseFieldPath } from '@muster/manifest';
import { describe, expect, it } from 'vitest';
import { takeOver } from './take-over.ts';
import type { FieldsEntry, TakeOverInput } from './take-over.ts';

/** As API server 1.36 tells of a Deployment that kubectl 1.32 applied, and what became of it since. */
const clientSide: FieldsEntry = {
  manager: 'kubectl-client-side-apply',
  operation: 'Update',
  apiVersion: 'apps/v1',
  time: '2026-11-21T16:55:18Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': {
      'f:annotations': { '.': {}, 'f:kubectl.kubernetes.io/last-applied-configuration': {} },
    },
    'f:spec': {
      'f:selector': {},
      'f:template': {
        'f:spec': {
          'f:containers': {
            'k:{"name":"c"}': {
              '.': {},
              'f:env': { '.': {}, 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
              'f:image': {},
            },
          },
        },
      },
    },
  },
};
const serverSide: FieldsEntry = {
  manager: 'kubectl',
  operation: 'Apply',
  apiVersion: 'apps/v1',
  time: '2026-11-21T16:55:23Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:spec': {
      'f:replicas': {},
      'f:template': {
        'f:spec': {
          'f:containers': {
            'k:{"name":"c"}': {
              '.': {},
              'f:env': { 'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
              'f:name': {},
            },
          },
        },
      },
    },
  },
};
const autoscaler: FieldsEntry = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  apiVersion: 'autoscaling/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  subresource: 'scale',
};
const controller: FieldsEntry = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:deployment.kubernetes.io/revision': {} } } },
};

const deployment = (
  managedFields: readonly FieldsEntry[],
  more: Partial<TakeOverInput> = {},
): TakeOverInput => ({
  managedFields,
  group: 'apps',
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  manager: 'muster',
  isApplied: false,
  ...more,
});

const entry = (manager: string, operation: 'Apply' | 'Update', more: FieldsEntry = {}): FieldsEntry => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsV1: { 'f:data': { 'f:a': {} } },
  ...more,
});

describe('taking an object over', () => {
  it('makes what kubectl apply owns ours, and leaves controllers what they own', () => {
    expect(takeOver(deployment([clientSide, controller, autoscaler]))).toEqual({
      kind: 'rewrite',
      managedFields: [{ ...clientSide, manager: 'muster', operation: 'Apply' }, controller, autoscaler],
      from: ['kubectl-client-side-apply'],
    });
  });

  it('puts what several tools own together, entries of lists by their keys, and is as old as the newest', () => {
    const result = takeOver(deployment([clientSide, serverSide]));
    const container = {
      '.': {},
      'f:env': {
        '.': {},
        'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} },
        'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} },
      },
      'f:image': {},
      'f:name': {},
    };
    expect(result).toMatchObject({
      from: ['kubectl-client-side-apply', 'kubectl'],
      managedFields: [{ manager: 'muster', operation: 'Apply', time: '2026-11-21T16:55:23Z' }],
    });
    expect(result).toHaveProperty('managedFields.0.fieldsV1.f:spec', {
      'f:replicas': {},
      'f:selector': {},
      'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': container } } },
    });
  });

  it('adds to what we own of an earlier life', () => {
    const ours = entry('muster', 'Apply', { fieldsV1: { 'f:data': { 'f:b': {} } } });
    const result = takeOver({
      ...deployment([ours, entry('helm', 'Update')]),
      group: '',
      kind: 'ConfigMap',
      apiVersion: 'v1',
    });
    expect(result).toMatchObject({
      managedFields: [
        { manager: 'muster', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } },
      ],
    });
  });

  it.each([
    ['kubectl-client-side-apply', 'Update'],
    ['kubectl', 'Apply'],
    ['kubectl-create', 'Update'],
    ['kubectl-edit', 'Update'],
    ['kubectl-replace', 'Update'],
    ['helm', 'Update'],
    ['helm', 'Apply'],
    ['argocd-controller', 'Apply'],
    ['argocd-controller', 'Update'],
    ['argocd-application-controller', 'Update'],
    ['argocd-manager', 'Update'],
    ['kustomize-controller', 'Apply'],
    ['helm-controller', 'Update'],
    ['fleetagent', 'Update'],
  ] as const)('takes what %s wrote by %s', (manager, operation) => {
    expect(takeOver(deployment([entry(manager, operation)]))).toMatchObject({ from: [manager] });
  });

  it.each([
    ['kube-controller-manager', 'Update', ''],
    ['kubectl', 'Update', 'scale'],
    ['kubectl-rollout', 'Update', ''],
    ['kubectl-label', 'Update', ''],
    ['kubectl-client-side-apply', 'Apply', ''],
    ['cert-manager-cainjector', 'Update', ''],
    ['vpa-recommender', 'Update', ''],
    ['kustomize-controller', 'Update', 'status'],
    ['muster', 'Apply', ''],
  ] as const)('takes nothing of what %s wrote by %s %s', (manager, operation, subresource) => {
    expect(takeOver(deployment([entry(manager, operation, { subresource })]))).toEqual({ kind: 'nothing' });
  });

  it('leaves a tool what it writes as a controller: status, finalizers, owners', () => {
    const metadata = { 'f:finalizers': { 'v:"finalizers.fluxcd.io"': {} }, 'f:ownerReferences': {} };
    const flux = entry('kustomize-controller', 'Update', {
      fieldsV1: {
        'f:metadata': { ...metadata, 'f:labels': { 'f:team': {} } },
        'f:status': { 'f:ready': {} },
      },
    });
    expect(takeOver(deployment([flux], { apiVersion: 'v1' }))).toMatchObject({
      managedFields: [
        { manager: 'muster', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:team': {} } } } },
        {
          manager: 'kustomize-controller',
          fieldsV1: { 'f:metadata': metadata, 'f:status': { 'f:ready': {} } },
        },
      ],
    });
    const onlyThose = entry('kustomize-controller', 'Update', { fieldsV1: { 'f:metadata': metadata } });
    expect(takeOver(deployment([onlyThose]))).toEqual({ kind: 'nothing' });
  });

  it('takes nothing of a spec that cannot change', () => {
    const claim = entry('kubectl-create', 'Update', {
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': { 'f:storageClassName': {} } },
    });
    const result = takeOver({ ...deployment([claim]), group: '', kind: 'PersistentVolumeClaim' });
    expect(result).toMatchObject({
      managedFields: [
        { manager: 'muster', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:a': {} } } } },
        { manager: 'kubectl-create', fieldsV1: { 'f:spec': { 'f:storageClassName': {} } } },
      ],
    });
  });

  it.each([
    ['/spec/replicas', { 'f:replicas': {} }],
    [
      '/spec/template/spec/containers/[name=c]/image',
      { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:image': {} } } } } },
    ],
    [
      '/spec/template/spec/containers/*/image',
      { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:image': {} } } } } },
    ],
  ])('leaves what the bundle ignores at %s with whoever has it', (path, stays) => {
    const parsed = parseFieldPath(path);
    const tool = entry('helm', 'Update', {
      fieldsV1: {
        'f:spec': {
          'f:replicas': {},
          'f:paused': {},
          'f:template': {
            'f:spec': {
              'f:containers': {
                'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} },
                'k:{"name":"d"}': { '.': {}, 'f:name': {} },
              },
            },
          },
        },
      },
    });
    const left = { paths: parsed.ok ? [parsed.steps] : [], managers: new Set<string>() };
    expect(takeOver(deployment([tool], { left }))).toMatchObject({
      managedFields: [{ manager: 'muster' }, { ...tool, fieldsV1: { 'f:spec': stays } }],
    });
  });

  it('leaves all that a manager has whom the bundle ignores', () => {
    const left = { paths: [], managers: new Set(['helm']) };
    expect(takeOver(deployment([entry('helm', 'Update')], { left }))).toEqual({ kind: 'nothing' });
  });

  it('takes one version at a time, because one entry tells of one', () => {
    const old = { ...clientSide, apiVersion: 'apps/v1beta1' };
    const first = takeOver(deployment([old, serverSide]));
    expect(first).toMatchObject({
      managedFields: [{ manager: 'muster', apiVersion: 'apps/v1' }, old],
      from: ['kubectl'],
    });
    const ours: FieldsEntry = { ...serverSide, manager: 'muster' };
    expect(takeOver(deployment([ours, old]))).toEqual({ kind: 'apply-first' });
    expect(takeOver(deployment([ours, old], { isApplied: true }))).toEqual({
      kind: 'rewrite',
      managedFields: [{ ...old, manager: 'muster', operation: 'Apply', time: '2026-11-21T16:55:23Z' }],
      from: ['kubectl-client-side-apply'],
    });
  });

  it('does nothing a second time', () => {
    const first = takeOver(deployment([clientSide, serverSide, controller]));
    const managedFields = first.kind === 'rewrite' ? first.managedFields : [];
    expect(managedFields).toHaveLength(2);
    expect(takeOver(deployment(managedFields))).toEqual({ kind: 'nothing' });
  });
});
