import { describe, expect, it } from 'vitest';
import type { ApplyStep, DeleteStep } from './model.ts';
import { orderSteps } from './order.ts';

const id = (kind: string) => `${kind}//x`;
const applies = (...kinds: string[]): ApplyStep[] =>
  kinds.map((kind) => ({
    kind: 'apply',
    id: id(kind),
    object: { id: id(kind), bundle: 'b', digest: 'd' },
    reason: 'create',
  }));
const deletes = (...kinds: string[]): DeleteStep[] =>
  kinds.map((kind) => ({ kind: 'delete', id: id(kind), bundle: 'b', uid: 'u', apiVersion: 'v1' }));
const kindsOf = (phases: readonly (readonly { readonly id: string }[])[]) =>
  phases.map((phase) => phase.map((step) => step.id.split('/').slice(0, 2).join('/')));

const mixed = [
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiregistration.k8s.io/APIService',
  'example.com/Widget',
  'apps/Deployment',
  '/Service',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRole',
  '/ConfigMap',
  '/ServiceAccount',
  'storage.k8s.io/StorageClass',
  'apiextensions.k8s.io/CustomResourceDefinition',
  '/Namespace',
];

describe('kinds come in their order', () => {
  const inOrder = [
    ['/Namespace', 'apiextensions.k8s.io/CustomResourceDefinition'],
    ['storage.k8s.io/StorageClass', '/ServiceAccount', '/ConfigMap', 'rbac.authorization.k8s.io/ClusterRole'],
    ['rbac.authorization.k8s.io/RoleBinding', '/Service'],
    ['apps/Deployment', 'example.com/Widget'],
    ['apiregistration.k8s.io/APIService', 'admissionregistration.k8s.io/ValidatingWebhookConfiguration'],
  ];

  it('classes and cluster roles early, webhook configurations and API services last', () => {
    expect(kindsOf(orderSteps(applies(...mixed), []))).toEqual(inOrder);
  });

  it('and are deleted in the reverse order, after all that is applied', () => {
    const reversed = inOrder.map((kinds) => [...kinds].reverse()).reverse();
    expect(kindsOf(orderSteps(applies('/ConfigMap'), deletes(...mixed)))).toEqual([
      ['/ConfigMap'],
      ...reversed,
    ]);
  });

  it('by group and kind, for others have a Service or a Role too', () => {
    expect(kindsOf(orderSteps(applies('serving.knative.dev/Service', 'apps/Deployment'), []))).toEqual([
      ['apps/Deployment', 'serving.knative.dev/Service'],
    ]);
  });
});
