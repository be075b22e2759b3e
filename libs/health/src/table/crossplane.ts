import type { RuleGroup } from '../rules/rule.ts';

/**
 * Crossplane's managed and composite resources: `Synced` tells whether the last reconciliation went well, `Ready`
 * whether what it manages is there. The old stacks keep their conditions one level deeper.
 */
export const crossplaneResources: RuleGroup = {
  groups: ['*.crossplane.io', '*.upbound.io', 'crossplane.io'],
  rules: [
    {
      kinds: [
        'ClusterProviderConfig',
        'Composition',
        'CompositionRevision',
        'ControllerConfig',
        'DeploymentRuntimeConfig',
        'EnvironmentConfig',
        'ImageConfig',
        'ProviderConfig',
        'ProviderConfigUsage',
        'StoreConfig',
      ],
      noStatus: 'Healthy',
      condition: { type: 'Ready' },
      otherwise: 'Healthy',
    },
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isFalse('Synced') && conditions.reason('Synced') == 'ReconcilePaused'",
          health: 'Suspended',
          message: 'reconciliation is paused',
        },
        {
          when: "conditions.isFalse('Synced')",
          health: 'Degraded',
          message: "${{ conditions.message('Synced') }}",
        },
        {
          when: "conditions.isFalse('LastAsyncOperation')",
          health: 'Degraded',
          message: "${{ conditions.message('LastAsyncOperation') }}",
        },
      ],
      // What isn't Ready yet is being made, deleted or unavailable: the reconciler goes on.
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
  ],
};

/** Packages: `Installed` and `Healthy` must both hold; a revision that isn't active has nothing to do. */
export const crossplanePackages: RuleGroup = {
  groups: ['pkg.crossplane.io'],
  rules: [
    {
      kinds: ['Provider', 'Configuration', 'Function'],
      checks: [
        { when: "conditions.anyFalse(['Installed', 'Healthy'])", health: 'Degraded' },
        { when: "conditions.allTrue(['Installed', 'Healthy'])", health: 'Healthy' },
      ],
    },
    {
      kinds: ['ProviderRevision', 'ConfigurationRevision', 'FunctionRevision'],
      checks: [
        { when: "spec.desiredState == 'Inactive'", health: 'Healthy' },
        { when: "conditions.anyFalse(['RevisionHealthy', 'RuntimeHealthy', 'Healthy'])", health: 'Degraded' },
        { when: "conditions.isTrue('RevisionHealthy') || conditions.isTrue('Healthy')", health: 'Healthy' },
      ],
    },
  ],
};

export const crossplaneDefinitions: RuleGroup = {
  groups: ['apiextensions.crossplane.io'],
  rules: [
    {
      kinds: ['CompositeResourceDefinition', 'ManagedResourceDefinition'],
      checks: [{ when: "conditions.isTrue('Established')", health: 'Healthy' }],
    },
  ],
};

export const crossplaneOperations: RuleGroup = {
  groups: ['ops.crossplane.io'],
  rules: [
    { kinds: ['Operation'], condition: { type: 'Succeeded' } },
    {
      kinds: ['CronOperation', 'WatchOperation'],
      suspended: 'spec.suspend == true',
      condition: { type: 'Synced' },
    },
  ],
};

export const crossplaneStacks: RuleGroup = {
  groups: ['stacks.crossplane.io'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        { when: "conditions.of(status.conditionedStatus).isFalse('Synced')", health: 'Degraded' },
        { when: "conditions.of(status.conditionedStatus).isTrue('Ready')", health: 'Healthy' },
      ],
    },
  ],
};
