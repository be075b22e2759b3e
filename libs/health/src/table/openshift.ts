import type { RuleGroup } from '../rules/rule.ts';

/** What every OpenShift operator says of itself: Available, Progressing, Degraded. */
export const openshiftOperators: RuleGroup = {
  groups: ['operator.openshift.io', 'ocs.openshift.io', 'hco.kubevirt.io'],
  rules: [
    { kinds: ['ImageContentSourcePolicy'], noStatus: 'Healthy', otherwise: 'Healthy' },
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isTrue('Degraded')",
          health: 'Degraded',
          message: "${{ conditions.message('Degraded') }}",
        },
        {
          when: "conditions.isTrue('Progressing')",
          health: 'Progressing',
          message: "${{ conditions.message('Progressing') }}",
        },
      ],
      phase: { at: 'status.phase', states: { Degraded: ['Error', 'Failed'] } },
      condition: { type: 'Available' },
      otherwise: 'Healthy',
    },
  ],
};

export const openshiftApps: RuleGroup = {
  groups: ['apps.openshift.io'],
  rules: [
    {
      kinds: ['DeploymentConfig'],
      suspended: 'spec.paused == true',
      checks: [
        {
          when: "conditions.isFalse('Progressing')",
          health: 'Degraded',
          message: "${{ conditions.message('Progressing') }}",
        },
        {
          when: "conditions.isTrue('Progressing') && conditions.reason('Progressing') != 'NewReplicationControllerAvailable'",
          health: 'Progressing',
          message: "${{ conditions.message('Progressing') }}",
        },
        { when: 'spec.replicas == 0 && status.replicas == 0', health: 'Healthy' },
        { when: 'status.updatedReplicas < spec.replicas', health: 'Progressing' },
      ],
      condition: { type: 'Available', isFalse: 'Progressing' },
    },
  ],
};

export const openshiftRoutes: RuleGroup = {
  groups: ['route.openshift.io'],
  rules: [
    {
      kinds: ['Route'],
      checks: [
        {
          when: "status.ingress.exists(i, conditions.of(i).isFalse('Admitted'))",
          health: 'Degraded',
          message:
            "${{ status.ingress.filter(i, conditions.of(i).isFalse('Admitted')).map(i, conditions.of(i).message('Admitted')).join('; ') }}",
        },
        {
          when: "size(status.ingress) > 0 && status.ingress.all(i, conditions.of(i).isTrue('Admitted'))",
          health: 'Healthy',
        },
      ],
    },
  ],
};

/** The Operator Lifecycle Manager. */
export const operatorLifecycle: RuleGroup = {
  groups: ['operators.coreos.com'],
  rules: [
    {
      kinds: ['Subscription'],
      checks: [
        {
          when: "conditions.anyTrue(['InstallPlanFailed', 'CatalogSourcesUnhealthy', 'ResolutionFailed', 'BundleUnpackFailed'])",
          health: 'Degraded',
          message:
            "${{ status.conditions.filter(c, c.status == 'True' && c.type in ['InstallPlanFailed', 'CatalogSourcesUnhealthy', 'ResolutionFailed', 'BundleUnpackFailed'])[0].message }}",
        },
        // A newer version that waits for an approval takes nothing from the one that runs.
        { when: "has(status.installedCSV) && conditions.isTrue('InstallPlanPending')", health: 'Healthy' },
        {
          when: "has(status.installedCSV) && status.state in ['AtLatestKnown', 'UpgradeAvailable']",
          health: 'Healthy',
        },
        {
          when: "conditions.isTrue('InstallPlanPending')",
          health: 'Progressing',
          message: "the install plan is pending: ${{ conditions.reason('InstallPlanPending') }}",
        },
      ],
      phase: {
        at: 'status.state',
        states: { Progressing: ['UpgradePending', 'UpgradeAvailable', 'AtLatestKnown'] },
      },
    },
    {
      kinds: ['ClusterServiceVersion'],
      phase: {
        at: 'status.phase',
        states: { Healthy: ['Succeeded'], Degraded: ['Failed'], Unknown: ['Unknown'] },
      },
    },
    {
      kinds: ['InstallPlan'],
      phase: {
        at: 'status.phase',
        states: { Healthy: ['Complete'], Degraded: ['Failed'], Suspended: ['RequiresApproval'] },
      },
    },
    {
      kinds: ['CatalogSource'],
      phase: {
        at: 'status.connectionState.lastObservedState',
        states: { Healthy: ['READY'], Degraded: ['TRANSIENT_FAILURE', 'SHUTDOWN'] },
      },
    },
    { kinds: ['OperatorGroup', 'OperatorCondition'], noStatus: 'Healthy', otherwise: 'Healthy' },
    { kinds: ['Operator'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};

/** https://nmstate.io/kubernetes-nmstate/ */
export const nmstate: RuleGroup = {
  groups: ['nmstate.io'],
  rules: [
    {
      kinds: ['*'],
      checks: [
        {
          when: "conditions.isTrue('Degraded')",
          health: 'Degraded',
          message: "${{ conditions.message('Degraded') }}",
        },
        {
          when: "conditions.isTrue('Failing')",
          health: 'Degraded',
          message: "${{ conditions.message('Failing') }}",
        },
        {
          when: "conditions.isTrue('Progressing')",
          health: 'Progressing',
          message: "${{ conditions.message('Progressing') }}",
        },
      ],
      condition: { type: 'Available', isFalse: 'Progressing' },
    },
  ],
};

/** https://github.com/openshift/machine-config-operator/blob/main/docs/MachineConfigController.md */
export const openshiftMachineConfig: RuleGroup = {
  groups: ['machineconfiguration.openshift.io'],
  rules: [
    {
      kinds: ['MachineConfigPool'],
      suspended: 'spec.paused == true',
      checks: [
        { when: "conditions.anyTrue(['Degraded', 'NodeDegraded', 'RenderDegraded'])", health: 'Degraded' },
        { when: "conditions.isTrue('Updating')", health: 'Progressing' },
      ],
      condition: { type: 'Updated', isFalse: 'Progressing' },
    },
    {
      kinds: ['MachineConfig', 'KubeletConfig', 'ContainerRuntimeConfig'],
      noStatus: 'Healthy',
      otherwise: 'Healthy',
    },
  ],
};

/** https://github.com/openshift/hive/blob/master/docs/using-hive.md */
export const hive: RuleGroup = {
  groups: ['hive.openshift.io'],
  rules: [
    {
      kinds: ['ClusterDeployment'],
      checks: [
        {
          when: "status.powerState == 'Hibernating'",
          health: 'Suspended',
          message: 'the cluster hibernates',
        },
        {
          when: "conditions.anyTrue(['ProvisionFailed', 'ProvisionStopped', 'RequirementsNotMet', 'AuthenticationFailure'])",
          health: 'Degraded',
        },
        { when: "conditions.isTrue('Provisioned') || spec.installed == true", health: 'Healthy' },
      ],
    },
  ],
};

/** Most of it is configuration that nothing is reported of. */
export const openshiftConfig: RuleGroup = {
  groups: ['config.openshift.io'],
  rules: [
    {
      kinds: ['ClusterOperator', 'ClusterVersion'],
      checks: [
        {
          when: "conditions.isTrue('Degraded')",
          health: 'Degraded',
          message: "${{ conditions.message('Degraded') }}",
        },
        {
          when: "conditions.isTrue('Failing')",
          health: 'Degraded',
          message: "${{ conditions.message('Failing') }}",
        },
        {
          when: "conditions.isTrue('Progressing')",
          health: 'Progressing',
          message: "${{ conditions.message('Progressing') }}",
        },
      ],
      condition: { type: 'Available' },
    },
    { kinds: ['*'], noStatus: 'Healthy', otherwise: 'Healthy' },
  ],
};
