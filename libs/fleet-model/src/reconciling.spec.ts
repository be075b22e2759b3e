import { describe, expect, test } from 'vitest';
import type { Bundle } from './model.ts';
import { parseFleet } from './parse-fleet.ts';
import { policyOf } from './policy-of.ts';

const head = (kind: string) => `apiVersion: muster.dev/v1alpha1\nkind: ${kind}\n`;
const bundle = (spec: string, name = 'a') =>
  `${head('Bundle')}metadata: {name: ${name}}\nspec:\n  source: {manifests: {path: .}}\n${spec}`;
const fleet = (defaults: string) => `${head('Fleet')}spec:\n  defaults: ${defaults}\n`;

function bundlesOf(...documents: string[]): readonly Bundle[] {
  const result = parseFleet([{ path: 'muster.yaml', text: documents.join('---\n') }]);
  if (result.kind === 'refused') throw new Error(result.problems.map((it) => it.message).join('\n'));
  return result.model.bundles;
}

const policiesOf = (...documents: string[]) => bundlesOf(...documents).map(policyOf);

describe('how a bundle is reconciled', () => {
  test('is all in its policy', () => {
    const whole = `  namespace: shop
  dependsOn: [{bundle: mesh, optional: true}, {bundle: cert-manager, optional: false}]
  sync:
    prune: false
    drift: Notify
    onRemoval: Orphan
    conflicts: Fail
    adopted: Prune
    serviceAccount: deployer
    healthTimeout: 1h30m5s
  ignoreDifferences:
    - target: {kind: Deployment|StatefulSet, labelSelector: "team in (a,b),!x"}
      fields: [/spec/replicas, "/webhooks/*/clientConfig/caBundle", "/spec/containers/[name=app]/image"]
    - managers: [vpa-recommender]
  health:
    - {target: {group: example.com, kind: Widget}, healthy: "object.status.phase == 'Ready'", degraded: "object.status.phase == 'Failed'"}
    - {target: {kind: Pod}, healthy: "has(object.status)"}
`;
    expect(policiesOf(bundle(whole), bundle('', 'mesh'), bundle('', 'cert-manager'))[0]).toEqual({
      namespace: 'shop',
      prune: false,
      drift: 'Notify',
      onRemoval: 'Orphan',
      conflicts: 'Fail',
      adopted: 'Prune',
      serviceAccount: 'deployer',
      healthTimeoutS: 5405,
      dependsOn: [{ bundle: 'cert-manager' }, { bundle: 'mesh', optional: true }],
      ignoreDifferences: [
        {
          target: { kind: 'Deployment|StatefulSet', labelSelector: 'team in (a,b),!x' },
          fields: [
            '/spec/replicas',
            '/webhooks/*/clientConfig/caBundle',
            '/spec/containers/[name=app]/image',
          ],
        },
        { managers: ['vpa-recommender'] },
      ],
      health: [
        {
          target: { group: 'example.com', kind: 'Widget' },
          healthy: "object.status.phase == 'Ready'",
          degraded: "object.status.phase == 'Failed'",
        },
        { target: { group: '', kind: 'Pod' }, healthy: 'has(object.status)' },
      ],
    });
  });

  test('that is as by default leaves no trace, so that saying it rolls nothing out', () => {
    const all =
      '  sync: {prune: true, drift: Correct, onRemoval: Delete, conflicts: Force, adopted: Keep, healthTimeout: 5m}\n';
    expect(policiesOf(bundle(`${all}  dependsOn: []\n  ignoreDifferences: []\n  health: []\n`))).toEqual([
      {},
    ]);
  });

  test("has the Fleet's defaults where it says nothing itself, field by field, and the Fleet's ignored differences first", () => {
    const defaults = fleet(
      '{namespace: apps, sync: {prune: false, drift: Notify, serviceAccount: deployer}, ignoreDifferences: [{managers: [hpa]}]}',
    );
    const own = '  sync: {prune: true, conflicts: Fail}\n  ignoreDifferences: [{fields: [/spec/replicas]}]\n';
    expect(policiesOf(defaults, bundle(own), bundle('', 'b'))).toEqual([
      {
        namespace: 'apps',
        drift: 'Notify',
        conflicts: 'Fail',
        serviceAccount: 'deployer',
        ignoreDifferences: [{ managers: ['hpa'] }, { fields: ['/spec/replicas'] }],
      },
      {
        namespace: 'apps',
        prune: false,
        drift: 'Notify',
        serviceAccount: 'deployer',
        ignoreDifferences: [{ managers: ['hpa'] }],
      },
    ]);
  });

  test('is as by default in what a former hub stored', () => {
    const { dependsOn, sync, ignoreDifferences, health, ...former } = bundlesOf(
      bundle('  namespace: shop\n'),
    )[0]!;
    expect([dependsOn, sync, ignoreDifferences, health]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(policyOf(former)).toEqual({ namespace: 'shop' });
  });
});
