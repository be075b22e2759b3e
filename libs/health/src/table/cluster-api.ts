import type { RuleGroup } from '../rules/rule.ts';

/**
 * Cluster API. A condition that is False for a while only has severity Info or Warning; Error needs a person.
 * https://cluster-api.sigs.k8s.io/developer/providers/contracts/overview
 */
export const clusterApi: RuleGroup = {
  groups: ['cluster.x-k8s.io'],
  rules: [
    {
      kinds: ['Cluster'],
      suspended: 'spec.paused == true',
      checks: [
        {
          when: "status.conditions.exists(c, c.status == 'False' && c.?severity.orValue('') == 'Error')",
          health: 'Degraded',
          message:
            "${{ status.conditions.filter(c, c.status == 'False' && c.?severity.orValue('') == 'Error').map(c, c.?message.orValue('')).filter(m, m != '').join('; ') }}",
        },
        { when: "status.phase == 'Failed'", health: 'Degraded' },
        {
          when: "status.phase == 'Provisioned' && (conditions.isTrue('Ready') || conditions.isTrue('Available'))",
          health: 'Healthy',
        },
      ],
    },
    {
      kinds: ['MachineDeployment', 'MachineSet', 'MachinePool', 'Machine'],
      suspended: 'spec.paused == true',
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Running'],
          Degraded: ['Failed'],
          Progressing: ['Pending', 'Provisioning', 'Provisioned', 'ScalingUp', 'ScalingDown', 'Deleting'],
          Unknown: ['Unknown'],
        },
      },
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
    {
      kinds: ['MachineHealthCheck'],
      checks: [
        {
          when: "conditions.isFalse('RemediationAllowed')",
          health: 'Degraded',
          message: "${{ conditions.message('RemediationAllowed') }}",
        },
        {
          when: 'status.currentHealthy < status.expectedMachines',
          health: 'Degraded',
          message: '${{ status.currentHealthy }} of ${{ status.expectedMachines }} machines are healthy',
        },
        { when: 'status.currentHealthy >= status.expectedMachines', health: 'Healthy' },
      ],
    },
  ],
};

export const clusterApiProviders: RuleGroup = {
  groups: ['*.cluster.x-k8s.io'],
  rules: [
    {
      kinds: ['ClusterResourceSet'],
      condition: { type: 'ResourcesApplied' },
    },
    { kinds: ['ExtensionConfig'], condition: { type: 'Discovered' } },
    {
      kinds: [
        'AWSClusterControllerIdentity',
        'AWSClusterRoleIdentity',
        'AWSClusterStaticIdentity',
        'AzureClusterIdentity',
        'ClusterResourceSetBinding',
        'GlobalInClusterIPPool',
        'InClusterIPPool',
        'IPAddress',
      ],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
    {
      kinds: ['*'],
      checks: [
        { when: "object.kind.endsWith('Template')", health: 'Healthy' },
        {
          when: "status.conditions.exists(c, c.status == 'False' && c.?severity.orValue('') == 'Error')",
          health: 'Degraded',
          message:
            "${{ status.conditions.filter(c, c.status == 'False' && c.?severity.orValue('') == 'Error').map(c, c.?message.orValue('')).filter(m, m != '').join('; ') }}",
        },
        {
          when: "status.conditions.exists(c, c.status == 'True' && (c.type.endsWith('Updating') || c.type.endsWith('Creating')))",
          health: 'Progressing',
          message:
            "${{ status.conditions.filter(c, c.status == 'True' && (c.type.endsWith('Updating') || c.type.endsWith('Creating'))).map(c, c.type).join(', ') }}",
        },
        { when: "conditions.isTrue('Ready') || conditions.isTrue('Available')", health: 'Healthy' },
        { when: "!conditions.isSet('Ready') && status.ready == true", health: 'Healthy' },
      ],
    },
  ],
};
