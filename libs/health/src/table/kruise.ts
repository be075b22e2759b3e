import type { RuleGroup } from '../rules/rule.ts';

/** OpenKruise: a partition or a pause holds a roll-out back on purpose. https://openkruise.io/docs/ */
export const kruise: RuleGroup = {
  groups: ['apps.kruise.io'],
  rules: [
    {
      kinds: ['CloneSet', 'StatefulSet'],
      checks: [
        {
          when: "conditions.anyTrue(['FailedScale', 'FailedUpdate', 'FailedCreatePod', 'FailedUpdatePod', 'FailedUpdateStatus'])",
          health: 'Degraded',
        },
        {
          when: 'has(spec.updateStrategy.rollingUpdate) && spec.updateStrategy.rollingUpdate.paused == true',
          health: 'Suspended',
          message: 'the roll-out is paused',
        },
        {
          when: 'has(spec.updateStrategy.paused) && spec.updateStrategy.paused == true',
          health: 'Suspended',
          message: 'the roll-out is paused',
        },
        {
          when: 'has(spec.updateStrategy.rollingUpdate) && spec.updateStrategy.rollingUpdate.partition > 0 && status.updatedReplicas + spec.updateStrategy.rollingUpdate.partition >= status.replicas',
          health: 'Suspended',
          message: 'the roll-out stands at its partition',
        },
        {
          when: 'has(spec.updateStrategy.partition) && spec.updateStrategy.partition > 0 && status.updatedReplicas + spec.updateStrategy.partition >= status.replicas',
          health: 'Suspended',
          message: 'the roll-out stands at its partition',
        },
        {
          when: 'status.updatedAvailableReplicas == status.replicas && status.replicas >= spec.?replicas.orValue(1.0)',
          health: 'Healthy',
        },
      ],
    },
    {
      kinds: ['DaemonSet'],
      suspended: 'spec.updateStrategy.rollingUpdate.paused == true',
      checks: [
        {
          when: 'spec.updateStrategy.rollingUpdate.partition > 0 && status.updatedNumberScheduled + spec.updateStrategy.rollingUpdate.partition >= status.desiredNumberScheduled',
          health: 'Suspended',
          message: 'the roll-out stands at its partition',
        },
        {
          when: 'status.updatedNumberScheduled >= status.desiredNumberScheduled && status.numberAvailable >= status.desiredNumberScheduled',
          health: 'Healthy',
        },
      ],
    },
    {
      kinds: ['BroadcastJob'],
      suspended: 'spec.paused == true',
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['completed'],
          Degraded: ['failed'],
          Suspended: ['paused'],
          Progressing: ['running'],
        },
      },
    },
    {
      kinds: ['AdvancedCronJob'],
      suspended: 'spec.paused == true',
      checks: [
        { when: 'size(status.active) > 0', health: 'Progressing', message: 'a job is running' },
        { when: "status.?lastScheduleTime.orValue('') != ''", health: 'Healthy' },
      ],
    },
    {
      kinds: ['ImagePullJob'],
      checks: [
        { when: 'status.failed > 0', health: 'Degraded' },
        { when: 'status.succeeded >= status.desired', health: 'Healthy' },
      ],
    },
    {
      kinds: ['SidecarSet'],
      checks: [{ when: 'status.updatedPods >= status.matchedPods', health: 'Healthy' }],
    },
  ],
};

export const kruiseGame: RuleGroup = {
  groups: ['game.kruise.io'],
  rules: [
    {
      kinds: ['GameServer'],
      noStatus: 'Unknown',
      checks: [
        { when: "status.currentState == 'Crash'", health: 'Degraded', message: 'the Pod failed' },
        { when: "status.currentState == 'Unknown'", health: 'Unknown' },
        { when: 'status.currentState == status.desiredState', health: 'Healthy' },
      ],
    },
    {
      kinds: ['GameServerSet'],
      suspended: 'spec.updateStrategy.rollingUpdate.paused == true',
      checks: [
        {
          when: 'spec.updateStrategy.rollingUpdate.partition > 0 && status.updatedReplicas + spec.updateStrategy.rollingUpdate.partition >= status.replicas',
          health: 'Suspended',
          message: 'the roll-out stands at its partition',
        },
        {
          when: 'status.updatedReadyReplicas == status.replicas && status.readyReplicas == status.replicas && status.replicas == spec.replicas',
          health: 'Healthy',
        },
      ],
    },
  ],
};

export const kruiseRollouts: RuleGroup = {
  groups: ['rollouts.kruise.io'],
  rules: [
    {
      kinds: ['Rollout'],
      suspended: 'spec.strategy.paused == true',
      checks: [
        { when: "status.canaryStatus.currentStepState == 'StepPaused'", health: 'Suspended' },
        { when: "status.blueGreenStatus.currentStepState == 'StepPaused'", health: 'Suspended' },
        {
          when: "conditions.reason('Progressing') == 'Paused'",
          health: 'Suspended',
          message: "${{ conditions.message('Progressing') }}",
        },
      ],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Healthy'],
          Suspended: ['Disabled'],
          Progressing: ['Initial', 'Progressing', 'Terminating', 'Disabling'],
        },
      },
    },
  ],
};
