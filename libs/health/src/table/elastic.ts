import type { RuleGroup } from '../rules/rule.ts';

/** Elastic Cloud on Kubernetes: green has all, yellow is short of something, red serves not. */
export const elasticsearch: RuleGroup = {
  groups: ['elasticsearch.k8s.elastic.co'],
  rules: [
    {
      kinds: ['Elasticsearch'],
      checks: [
        {
          when: "status.phase in ['Invalid', 'Stalled']",
          health: 'Degraded',
          message: '${{ status.phase }}',
        },
        {
          when: "status.phase in ['ApplyingChanges', 'MigratingData']",
          health: 'Progressing',
          message: '${{ status.phase }}',
        },
        { when: "status.health == 'red'", health: 'Degraded', message: 'the cluster is red' },
        { when: "status.health == 'yellow'", health: 'Progressing', message: 'the cluster is yellow' },
        {
          when: "status.phase == 'Ready' && status.health == 'green' && status.availableNodes >= spec.nodeSets.map(n, n.count).sum()",
          health: 'Healthy',
        },
        {
          when: "status.phase == 'Ready'",
          health: 'Progressing',
          message:
            '${{ status.availableNodes }} of ${{ spec.nodeSets.map(n, n.count).sum() }} nodes are available',
        },
      ],
    },
  ],
};

export const elasticStack: RuleGroup = {
  groups: [
    'agent.k8s.elastic.co',
    'apm.k8s.elastic.co',
    'enterprisesearch.k8s.elastic.co',
    'kibana.k8s.elastic.co',
    'logstash.k8s.elastic.co',
    'maps.k8s.elastic.co',
    'packageregistry.k8s.elastic.co',
  ],
  rules: [
    {
      kinds: ['*'],
      phase: {
        at: 'status.health',
        states: { Healthy: ['green'], Progressing: ['yellow'], Degraded: ['red'] },
      },
    },
  ],
};

export const elasticBeats: RuleGroup = {
  groups: ['beat.k8s.elastic.co'],
  rules: [
    {
      kinds: ['Beat'],
      noStatus: 'Unknown',
      phase: {
        at: 'status.health',
        states: { Healthy: ['green'], Progressing: ['yellow'], Degraded: ['red'] },
      },
      otherwise: 'Unknown',
    },
  ],
};

export const elasticPolicies: RuleGroup = {
  groups: ['stackconfigpolicy.k8s.elastic.co', 'autoscaling.k8s.elastic.co'],
  rules: [
    {
      kinds: ['StackConfigPolicy'],
      phase: {
        at: 'status.phase',
        states: { Healthy: ['Ready'], Degraded: ['Error', 'Invalid', 'Conflict'] },
      },
    },
    { kinds: ['ElasticsearchAutoscaler'], condition: { type: 'Healthy' } },
  ],
};
