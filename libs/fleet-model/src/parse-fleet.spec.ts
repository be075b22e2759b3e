import { describe, expect, test } from 'vitest';
import { parseFleet } from './parse-fleet.ts';

const bundle = `apiVersion: muster.dev/v1alpha1
kind: Bundle
metadata: {name: checkout, labels: {team: payments}}
spec:
  source:
    manifests: {path: ./manifests}
  targets:
    - clusterSelector: {matchLabels: {env: production}, matchExpressions: [{key: region, operator: In, values: [eu, us]}]}
    - groups: [edge]
  except:
    - clusterSelector: {matchLabels: {frozen: "true"}}
`;

const rest = `# The fleet itself
---
apiVersion: muster.dev/v1alpha1
kind: Fleet
spec: {defaults: {namespace: apps}}
---
apiVersion: muster.dev/v1alpha1
kind: Cluster
metadata: {name: eu-1, labels: {env: production}, annotations: {example.com/owner: "Ann, Bob"}}
---
apiVersion: muster.dev/v1alpha1
kind: ClusterGroup
metadata: {name: edge}
spec: {clusterSelector: {}}
---
`;

describe('a fleet repo', () => {
  test('is read whole, with defaults filled in and paths from the root', () => {
    const result = parseFleet([
      { path: 'apps/checkout/muster.yaml', text: bundle },
      { path: 'muster.yaml', text: rest },
    ]);
    expect(result).toEqual({
      kind: 'parsed',
      model: {
        fleet: { defaults: { namespace: 'apps' }, definedIn: { file: 'muster.yaml', line: 3, column: 1 } },
        bundles: [
          {
            name: 'checkout',
            labels: { team: 'payments' },
            namespace: 'apps',
            source: {
              kind: 'manifests',
              path: 'apps/checkout/manifests',
              include: ['**/*.yaml', '**/*.yml', '**/*.json'],
            },
            targets: [
              {
                clusterSelector: {
                  matchLabels: { env: 'production' },
                  matchExpressions: [{ key: 'region', operator: 'In', values: ['eu', 'us'] }],
                },
              },
              { groups: ['edge'] },
            ],
            except: [{ clusterSelector: { matchLabels: { frozen: 'true' } } }],
            definedIn: { file: 'apps/checkout/muster.yaml', line: 1, column: 1 },
          },
        ],
        clusters: [
          {
            name: 'eu-1',
            labels: { env: 'production' },
            annotations: { 'example.com/owner': 'Ann, Bob' },
            definedIn: { file: 'muster.yaml', line: 7, column: 1 },
          },
        ],
        groups: [
          { name: 'edge', clusterSelector: {}, definedIn: { file: 'muster.yaml', line: 11, column: 1 } },
        ],
      },
    });
  });

  test('without fleet files is an empty fleet', () => {
    expect(parseFleet([])).toEqual({ kind: 'parsed', model: { bundles: [], clusters: [], groups: [] } });
  });

  test.each(['', '\n', '---\n---\n', '# only a comment\n', '\uFEFF'])(
    'may have a file with nothing in it: %j',
    (text) => {
      expect(parseFleet([{ path: 'muster.yaml', text }]).kind).toBe('parsed');
    },
  );

  test('may have Windows line ends, a byte order mark, anchors and merge keys', () => {
    const text =
      '\uFEFF' + bundle.replace('groups: [edge]', 'clusterSelector: &all {}').replaceAll('\n', '\r\n');
    expect(parseFleet([{ path: 'muster.yaml', text }]).kind).toBe('parsed');
    const merged = parseFleet([
      {
        path: 'muster.yaml',
        text: `apiVersion: muster.dev/v1alpha1
kind: Cluster
metadata: {name: a, labels: &l {env: dev}, annotations: {<<: *l, tier: low}}`,
      },
    ]);
    expect(merged).toMatchObject({ model: { clusters: [{ annotations: { env: 'dev', tier: 'low' } }] } });
  });

  test('with a bundle that names no targets sends it nowhere', () => {
    const text = bundle.slice(0, bundle.indexOf('  targets:'));
    expect(parseFleet([{ path: 'muster.yaml', text }])).toMatchObject({
      kind: 'parsed',
      model: { bundles: [{ targets: [], except: [] }] },
    });
  });
});
