import type { RuleGroup } from '../rules/rule.ts';

/** https://docs.openfaas.com/reference/profiles/ */
export const openfaas: RuleGroup = {
  groups: ['openfaas.com'],
  rules: [
    {
      kinds: ['Function'],
      checks: [
        {
          when: "conditions.isTrue('Stalled')",
          health: 'Degraded',
          message: "${{ conditions.message('Stalled') }}",
        },
        {
          when: "conditions.isFalse('Healthy')",
          health: 'Degraded',
          message: "${{ conditions.message('Healthy') }}",
        },
        {
          when: "conditions.isTrue('Reconciling')",
          health: 'Progressing',
          message: "${{ conditions.message('Reconciling') }}",
        },
      ],
      condition: { type: 'Ready' },
    },
    { kinds: ['Profile', 'Policy', 'Role', 'RoleBinding'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://www.spinkube.dev/docs/reference/spin-app/ */
export const spinkube: RuleGroup = {
  groups: ['core.spinkube.dev'],
  rules: [
    {
      kinds: ['SpinApp'],
      checks: [
        { when: "conditions.isTrue('Available')", health: 'Healthy' },
        { when: "conditions.reason('Progressing') == 'ProgressDeadlineExceeded'", health: 'Degraded' },
      ],
      condition: { type: 'Available' },
    },
    { kinds: ['SpinAppExecutor'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://kyverno.io/docs/ */
export const kyverno: RuleGroup = {
  groups: ['kyverno.io', 'policies.kyverno.io'],
  rules: [
    {
      kinds: ['Policy', 'ClusterPolicy'],
      // Before 1.8 there was only a bool.
      checks: [{ when: "!conditions.isSet('Ready') && status.ready == true", health: 'Healthy' }],
      condition: { type: 'Ready' },
    },
    {
      kinds: [
        'ValidatingPolicy',
        'MutatingPolicy',
        'GeneratingPolicy',
        'ImageValidatingPolicy',
        'DeletingPolicy',
      ],
      checks: [
        { when: 'status.conditionStatus.ready == true', health: 'Healthy' },
        {
          when: 'status.conditionStatus.ready == false',
          health: 'Degraded',
          message: '${{ status.conditionStatus.message }}',
        },
      ],
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://karmada.io/docs/reference/karmada-api/work-resources/resource-binding-v1alpha2 */
export const karmada: RuleGroup = {
  groups: ['work.karmada.io'],
  rules: [
    {
      kinds: ['ResourceBinding', 'ClusterResourceBinding'],
      checks: [
        {
          when: 'status.schedulerObservedGeneration < metadata.generation',
          health: 'Progressing',
          message: 'the scheduler has not seen the newest spec yet',
        },
        {
          when: "conditions.isFalse('Scheduled')",
          health: 'Degraded',
          message: "${{ conditions.message('Scheduled') }}",
        },
        {
          when: 'status.aggregatedStatus.exists(s, s.?applied.orValue(false) != true)',
          health: 'Degraded',
          message:
            "not applied in ${{ status.aggregatedStatus.filter(s, s.?applied.orValue(false) != true).map(s, s.clusterName).join(', ') }}",
        },
        {
          when: "status.aggregatedStatus.exists(s, s.health == 'Unhealthy')",
          health: 'Degraded',
          message:
            "unhealthy in ${{ status.aggregatedStatus.filter(s, s.health == 'Unhealthy').map(s, s.clusterName).join(', ') }}",
        },
        { when: "conditions.allTrue(['Scheduled', 'FullyApplied'])", health: 'Healthy' },
      ],
    },
    { kinds: ['Work'], condition: { type: 'Applied' } },
  ],
};

/** https://tekton.dev/docs/pipelines/pipelineruns/#monitoring-execution-status */
export const tekton: RuleGroup = {
  groups: ['tekton.dev'],
  rules: [
    {
      kinds: ['PipelineRun', 'TaskRun', 'CustomRun', 'Run'],
      condition: { type: 'Succeeded', reasons: { Suspended: ['PipelineRunPending', 'TaskRunPending'] } },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler */
export const verticalPodAutoscaler: RuleGroup = {
  groups: ['autoscaling.k8s.io'],
  rules: [
    {
      kinds: ['VerticalPodAutoscaler'],
      checks: [
        { when: "conditions.anyTrue(['ConfigUnsupported'])", health: 'Degraded' },
        { when: "conditions.isTrue('RecommendationProvided')", health: 'Healthy' },
        {
          when: "conditions.isTrue('NoPodsMatched')",
          health: 'Degraded',
          message: "${{ conditions.message('NoPodsMatched') }}",
        },
      ],
    },
  ],
};

/** https://github.com/kubernetes-sigs/hierarchical-namespaces : a condition there is something wrong. */
export const hierarchicalNamespaces: RuleGroup = {
  groups: ['hnc.x-k8s.io'],
  rules: [
    {
      kinds: ['HierarchyConfiguration', 'HNCConfiguration'],
      noStatus: 'Healthy',
      checks: [{ when: 'size(status.conditions) > 0', health: 'Degraded' }],
      otherwise: 'Healthy',
    },
    {
      kinds: ['SubnamespaceAnchor'],
      phase: {
        at: 'status.status',
        states: { Healthy: ['Ok'], Degraded: ['Conflict', 'Forbidden'], Progressing: ['Missing'] },
      },
    },
  ],
};

/** https://kueue.sigs.k8s.io/docs/concepts/ */
export const kueue: RuleGroup = {
  groups: ['kueue.x-k8s.io'],
  rules: [
    {
      kinds: ['ClusterQueue', 'LocalQueue'],
      suspended: "spec.stopPolicy in ['Hold', 'HoldAndDrain']",
      condition: { type: 'Active' },
    },
    { kinds: ['AdmissionCheck', 'MultiKueueCluster'], condition: { type: 'Active' } },
    {
      kinds: ['Workload'],
      checks: [
        { when: "conditions.isTrue('Finished')", health: 'Healthy' },
        { when: "conditions.isTrue('Evicted')", health: 'Suspended' },
      ],
      condition: { type: 'Admitted', isFalse: 'Progressing' },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};
