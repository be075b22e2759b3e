import type { RuleGroup } from '../rules/rule.ts';

/** Knative's conditions: False is final until the spec changes, Unknown is on its way. https://knative.dev/docs/ */
export const knative: RuleGroup = {
  groups: ['*.knative.dev'],
  rules: [{ kinds: ['*'], condition: { type: 'Ready' } }],
};

/** The operator goes on trying to install, so that its False is not final. */
export const knativeOperator: RuleGroup = {
  groups: ['operator.knative.dev'],
  rules: [
    {
      kinds: ['KnativeServing', 'KnativeEventing'],
      checks: [{ when: "conditions.isFalse('InstallSucceeded')", health: 'Degraded' }],
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
  ],
};

/** https://kserve.github.io/website/ */
export const kserve: RuleGroup = {
  groups: ['serving.kserve.io'],
  rules: [
    {
      kinds: ['InferenceService'],
      checks: [
        { when: "conditions.isTrue('Stopped')", health: 'Suspended', message: 'the service is stopped' },
        {
          when: "status.modelStatus.transitionStatus in ['BlockedByFailedLoad', 'InvalidSpec']",
          health: 'Degraded',
          message:
            '${{ status.modelStatus.transitionStatus }} ${{ status.modelStatus.lastFailureInfo.message }}',
        },
        { when: "status.modelStatus.transitionStatus == 'InProgress'", health: 'Progressing' },
      ],
      condition: { type: 'Ready' },
    },
    { kinds: ['InferenceGraph', 'LLMInferenceService', 'TrainedModel'], condition: { type: 'Ready' } },
    {
      kinds: ['ServingRuntime', 'ClusterServingRuntime', 'ClusterStorageContainer'],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
  ],
};
