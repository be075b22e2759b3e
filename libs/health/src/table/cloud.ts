import type { RuleGroup } from '../rules/rule.ts';

/** https://cloud.google.com/kubernetes-engine/docs/how-to/managed-certs : one domain that fails makes it fail. */
export const gkeNetworking: RuleGroup = {
  groups: ['networking.gke.io'],
  rules: [
    {
      kinds: ['ManagedCertificate'],
      checks: [
        { when: "status.certificateStatus == 'Active'", health: 'Healthy' },
        {
          when: "status.domainStatus.exists(d, d.status.startsWith('Failed'))",
          health: 'Degraded',
          message:
            "${{ status.domainStatus.filter(d, d.status.startsWith('Failed')).map(d, d.domain + ': ' + d.status).join('; ') }}",
        },
        {
          when: "status.certificateStatus in ['ProvisioningFailed', 'ProvisioningFailedPermanently', 'RenewalFailed', 'FailedNotVisible', 'FailedCaaChecking', 'FailedCaaForbidden', 'FailedRateLimited']",
          health: 'Degraded',
          message: '${{ status.certificateStatus }}',
        },
      ],
    },
  ],
};

/** https://github.com/keikoproj/iam-manager */
export const iamManager: RuleGroup = {
  groups: ['iammanager.keikoproj.io'],
  rules: [
    {
      kinds: ['Iamrole'],
      checks: [
        {
          when: "status.state in ['Error', 'PolicyNotAllowed', 'RolesMaxLimitReached', 'NameConflict', 'RoleNameNotAvailable']",
          health: 'Degraded',
          message: '${{ status.state }}: ${{ status.errorDescription }}',
        },
      ],
      phase: { at: 'status.state', states: { Healthy: ['Ready'] } },
    },
  ],
};

/** https://github.com/SAP/sap-btp-service-operator */
export const sapServices: RuleGroup = {
  groups: ['services.cloud.sap.com'],
  rules: [
    {
      kinds: ['ServiceInstance', 'ServiceBinding'],
      checks: [
        {
          when: "conditions.isTrue('Failed')",
          health: 'Degraded',
          message: "${{ conditions.message('Failed') }}",
        },
        { when: "conditions.isTrue('Ready')", health: 'Healthy' },
      ],
    },
  ],
};

/** https://github.com/gardener/gardener/blob/master/docs/usage/shoot/shoot_status.md */
export const gardener: RuleGroup = {
  groups: ['core.gardener.cloud'],
  rules: [
    {
      kinds: ['Shoot'],
      suspended: 'spec.hibernation.enabled == true && status.hibernated == true',
      checks: [
        {
          when: "status.lastOperation.state in ['Error', 'Failed', 'Aborted']",
          health: 'Degraded',
          message: '${{ status.lastOperation.description }}',
        },
        {
          when: "status.lastOperation.state in ['Processing', 'Pending']",
          health: 'Progressing',
          message: '${{ status.lastOperation.description }}',
        },
        // Gardener calls a check that has only begun to fail Progressing, and False what fails for good.
        { when: "status.conditions.exists(c, c.status == 'False')", health: 'Degraded' },
        { when: "status.conditions.exists(c, c.status == 'Progressing')", health: 'Progressing' },
        { when: "status.conditions.exists(c, c.status == 'Unknown')", health: 'Unknown' },
        {
          when: "size(status.conditions) > 0 && status.conditions.all(c, c.status == 'True')",
          health: 'Healthy',
        },
      ],
    },
  ],
};

/** https://docs.spot.io/ocean-cd/ */
export const spot: RuleGroup = {
  groups: ['spot.io'],
  rules: [
    {
      kinds: ['SpotDeployment'],
      checks: [
        {
          when: "conditions.isTrue('InvalidSpec')",
          health: 'Degraded',
          message: "${{ conditions.message('InvalidSpec') }}",
        },
      ],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Healthy'],
          Degraded: ['Degraded'],
          Suspended: ['Paused'],
          Progressing: ['Progressing'],
        },
      },
    },
  ],
};

/** https://www.pulumi.com/docs/iac/using-pulumi/continuous-delivery/pulumi-kubernetes-operator/ */
export const pulumi: RuleGroup = {
  groups: ['pulumi.com', 'auto.pulumi.com'],
  rules: [
    { kinds: ['Program'], noStatus: 'Healthy', otherwise: 'Healthy' },
    {
      kinds: ['Update'],
      checks: [{ when: "conditions.isTrue('Failed')", health: 'Degraded' }],
      condition: { type: 'Complete', isFalse: 'Progressing' },
    },
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isTrue('Stalled')",
          health: 'Degraded',
          message: "${{ conditions.message('Stalled') }}",
        },
        {
          when: "conditions.isTrue('Reconciling')",
          health: 'Progressing',
          message: "${{ conditions.message('Reconciling') }}",
        },
      ],
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
  ],
};

/** https://github.com/gardener/gardener/blob/master/docs/concepts/resource-manager.md */
export const gardenerResources: RuleGroup = {
  groups: ['resources.gardener.cloud'],
  rules: [
    {
      kinds: ['ManagedResource'],
      checks: [
        {
          when: "conditions.isFalse('ResourcesApplied')",
          health: 'Degraded',
          message: "${{ conditions.message('ResourcesApplied') }}",
        },
        { when: "conditions.isTrue('ResourcesProgressing')", health: 'Progressing' },
      ],
      condition: { type: 'ResourcesHealthy' },
    },
  ],
};
