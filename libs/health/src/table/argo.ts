import type { RuleGroup } from '../rules/rule.ts';

/** Argo's own kinds: Rollouts, Workflows, Events and CD. */
export const argo: RuleGroup = {
  groups: ['argoproj.io'],
  rules: [
    {
      // https://argo-rollouts.readthedocs.io/en/stable/features/specification/ : since 1.0 status.phase tells it all.
      kinds: ['Rollout'],
      checks: [
        { when: "conditions.isTrue('InvalidSpec')", health: 'Degraded' },
        {
          // A number as text; before 1.0 a hash, which is none.
          when: 'int(status.observedGeneration) < metadata.generation',
          health: 'Progressing',
          message: 'the controller has not seen the newest spec yet',
        },
        {
          when: "has(spec.workloadRef) && metadata.annotations['rollout.argoproj.io/workload-generation'] != string(status.workloadObservedGeneration)",
          health: 'Progressing',
          message: 'the controller has not seen the newest workload yet',
        },
        { when: "has(status.phase) && status.phase == 'Degraded'", health: 'Degraded' },
        { when: "has(status.phase) && status.phase == 'Paused'", health: 'Suspended' },
        { when: "has(status.phase) && status.phase == 'Healthy'", health: 'Healthy' },
        { when: "has(status.phase) && status.phase == 'Progressing'", health: 'Progressing' },
        // Before 1.0.
        {
          when: "conditions.reason('Progressing') in ['ProgressDeadlineExceeded', 'RolloutAborted']",
          health: 'Degraded',
          message: "${{ conditions.message('Progressing') }}",
        },
        {
          when: "spec.?paused.orValue(false) == true || conditions.reason('Progressing') == 'RolloutPaused'",
          health: 'Suspended',
          message: 'the Rollout is paused',
        },
        {
          when: 'status.?updatedReplicas.orValue(0.0) < spec.?replicas.orValue(1.0)',
          health: 'Progressing',
          message: 'not all replicas are updated',
        },
        {
          when: 'status.?availableReplicas.orValue(0.0) < status.?updatedReplicas.orValue(0.0)',
          health: 'Progressing',
          message: 'not all updated replicas are available',
        },
        {
          when: 'has(status.replicas) && has(spec.strategy.canary) && status.replicas > status.updatedReplicas',
          health: 'Progressing',
          message: 'old replicas wait for termination',
        },
        {
          when: 'has(status.blueGreen.activeSelector) && status.blueGreen.activeSelector == status.currentPodHash',
          health: 'Healthy',
        },
        { when: "conditions.reason('Progressing') == 'NewReplicaSetAvailable'", health: 'Healthy' },
        {
          when: 'has(spec.strategy.canary) && status.canary.stableRS == status.currentPodHash',
          health: 'Healthy',
        },
      ],
    },
    {
      kinds: ['AnalysisRun', 'Experiment'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Successful'],
          Degraded: ['Failed', 'Error'],
          Unknown: ['Inconclusive'],
          Progressing: ['Pending', 'Running'],
        },
      },
    },
    {
      kinds: ['Workflow'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Succeeded'],
          Degraded: ['Failed', 'Error'],
          Progressing: ['Pending', 'Running'],
        },
      },
    },
    {
      kinds: ['CronWorkflow'],
      noStatus: 'Healthy',
      checks: [{ when: "conditions.anyTrue(['SubmissionError', 'SpecError'])", health: 'Degraded' }],
      otherwise: 'Healthy',
    },
    {
      kinds: [
        'WorkflowTemplate',
        'ClusterWorkflowTemplate',
        'AnalysisTemplate',
        'ClusterAnalysisTemplate',
        'AppProject',
      ],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
    {
      kinds: ['ApplicationSet'],
      checks: [
        {
          when: "conditions.isTrue('ErrorOccurred')",
          health: 'Degraded',
          message: "${{ conditions.message('ErrorOccurred') }}",
        },
        {
          when: "conditions.isTrue('RolloutProgressing')",
          health: 'Progressing',
          message: "${{ conditions.message('RolloutProgressing') }}",
        },
      ],
      condition: { type: 'ResourcesUpToDate' },
    },
    {
      // What Argo CD itself found of the application's objects.
      kinds: ['Application'],
      phase: {
        at: 'status.health.status',
        states: {
          Healthy: ['Healthy'],
          Degraded: ['Degraded'],
          Progressing: ['Progressing'],
          Suspended: ['Suspended'],
          Missing: ['Missing'],
          Unknown: ['Unknown'],
        },
      },
    },
    {
      // The operator's own.
      kinds: ['ArgoCD', 'RolloutManager'],
      phase: {
        at: 'status.phase',
        states: { Healthy: ['Available'], Degraded: ['Failed', 'Failure'], Unknown: ['Unknown'] },
      },
    },
    {
      kinds: ['EventBus', 'EventSource', 'Sensor'],
      checks: [
        { when: "status.conditions.exists(c, c.status == 'False')", health: 'Degraded' },
        {
          when: "size(status.conditions) > 0 && status.conditions.all(c, c.status == 'True')",
          health: 'Healthy',
        },
      ],
    },
  ],
};
