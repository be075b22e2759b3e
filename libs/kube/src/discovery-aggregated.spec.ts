import { describe, expect, it } from 'vitest';
import { parseAggregated } from './discovery-aggregated.ts';

describe('aggregated discovery', () => {
  it('lists the resources of each group and version', () => {
    expect(
      parseAggregated({
        kind: 'APIGroupDiscoveryList',
        items: [
          {
            metadata: { name: 'apps' },
            versions: [
              {
                version: 'v1',
                freshness: 'Current',
                resources: [
                  {
                    resource: 'deployments',
                    responseKind: { kind: 'Deployment' },
                    scope: 'Namespaced',
                    verbs: ['get'],
                  },
                ],
              },
            ],
          },
        ],
      }),
    ).toEqual({
      resources: [
        {
          group: 'apps',
          version: 'v1',
          kind: 'Deployment',
          plural: 'deployments',
          namespaced: true,
          verbs: ['get'],
        },
      ],
      failedGroups: [],
    });
  });

  it('counts a stale group as failed, and keeps what is known of it', () => {
    const stale = {
      version: 'v1beta1',
      freshness: 'Stale',
      resources: [{ resource: 'nodes', responseKind: { kind: 'NodeMetrics' }, scope: 'Cluster' }],
    };
    const part = parseAggregated({
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: 'metrics.k8s.io' }, versions: [stale] }],
    });
    expect(part.failedGroups).toEqual(['metrics.k8s.io/v1beta1']);
    expect(part.resources).toMatchObject([{ kind: 'NodeMetrics', namespaced: false }]);
  });

  it('leaves out what has no kind: a parent that only has subresources', () => {
    const versions = [{ version: 'v1', resources: [{ resource: 'odd' }] }];
    expect(parseAggregated({ kind: 'APIGroupDiscoveryList', items: [{ versions }] }).resources).toEqual([]);
  });
});
