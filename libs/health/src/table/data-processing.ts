import type { RuleGroup } from '../rules/rule.ts';

/**
 * https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-main/docs/custom-resource/reference/ : a job that
 * stands still because its spec says so is as it should be.
 */
export const flink: RuleGroup = {
  groups: ['flink.apache.org'],
  rules: [
    {
      kinds: ['FlinkDeployment', 'FlinkSessionJob'],
      checks: [
        { when: "status.lifecycleState == 'FAILED'", health: 'Degraded' },
        {
          when: "status.jobManagerDeploymentStatus == 'ERROR'",
          health: 'Degraded',
          message:
            "${{ status.?error.or(status.?reconciliationStatus.?error).orValue('the job manager failed') }}",
        },
        { when: "status.jobStatus.state == 'FAILED'", health: 'Degraded' },
        {
          when: 'status.reconciliationStatus.success == false && has(status.reconciliationStatus.error)',
          health: 'Degraded',
          message: '${{ status.reconciliationStatus.error }}',
        },
        {
          when: "spec.job.state == 'suspended' && (status.jobStatus.state in ['SUSPENDED', 'FINISHED', 'CANCELED'] || status.lifecycleState == 'SUSPENDED')",
          health: 'Healthy',
          message: 'suspended, as the spec says',
        },
        {
          when: "status.lifecycleState in ['ROLLED_BACK', 'ROLLING_BACK']",
          health: 'Degraded',
          message: '${{ status.lifecycleState }}',
        },
        {
          when: "status.jobStatus.state in ['RUNNING', 'FINISHED'] && status.?jobManagerDeploymentStatus.orValue('READY') == 'READY'",
          health: 'Healthy',
        },
        { when: "!has(spec.job) && status.jobManagerDeploymentStatus == 'READY'", health: 'Healthy' },
      ],
      phase: {
        at: 'status.jobManagerDeploymentStatus',
        states: { Progressing: ['DEPLOYING', 'DEPLOYED_NOT_READY', 'MISSING', 'READY'] },
      },
    },
  ],
};

/** https://github.com/kubeflow/spark-operator/blob/master/docs/api-docs.md */
export const spark: RuleGroup = {
  groups: ['sparkoperator.k8s.io'],
  rules: [
    {
      kinds: ['SparkApplication'],
      suspended: 'spec.suspend == true',
      checks: [
        {
          when: "has(status.applicationState.errorMessage) && status.applicationState.state in ['FAILED', 'SUBMISSION_FAILED', 'FAILING', 'INVALIDATING', 'UNKNOWN']",
          health: 'Degraded',
          message: '${{ status.applicationState.state }}: ${{ status.applicationState.errorMessage }}',
        },
        {
          when: "status.applicationState.state == 'RUNNING' && spec.?dynamicAllocation.?enabled.orValue(false) != true && spec.?sparkConf[?'spark.dynamicAllocation.enabled'].orValue('') != 'true' && spec.?sparkConf[?'spark.streaming.dynamicAllocation.enabled'].orValue('') != 'true' && size(status.executorState.filter(name, status.executorState[name] in ['RUNNING', 'COMPLETED'])) < spec.executor.instances",
          health: 'Progressing',
          message: 'not all executors run yet',
        },
      ],
      phase: {
        at: 'status.applicationState.state',
        states: {
          Healthy: ['RUNNING', 'COMPLETED', 'SUCCEEDING'],
          Degraded: ['FAILED', 'SUBMISSION_FAILED', 'FAILING', 'UNKNOWN'],
          Progressing: [
            'NEW',
            'SUBMITTED',
            'PENDING_RERUN',
            'PENDING_SUBMISSION',
            'INVALIDATING',
            'RESUMING',
          ],
          Suspended: ['SUSPENDED', 'SUSPENDING'],
        },
      },
    },
    {
      kinds: ['ScheduledSparkApplication'],
      suspended: 'spec.suspend == true',
      phase: {
        at: 'status.scheduleState',
        states: { Healthy: ['Scheduled', 'Validating'], Degraded: ['FailedValidation'] },
      },
    },
  ],
};

/** https://docs.ray.io/en/latest/cluster/kubernetes/ */
export const ray: RuleGroup = {
  groups: ['ray.io'],
  rules: [
    {
      kinds: ['RayCluster'],
      suspended: 'spec.suspend == true',
      phase: {
        at: 'status.state',
        states: { Healthy: ['ready'], Degraded: ['failed', 'unhealthy'], Suspended: ['suspended'] },
      },
    },
    {
      kinds: ['RayJob'],
      suspended: 'spec.suspend == true',
      phase: {
        at: 'status.jobDeploymentStatus',
        states: { Healthy: ['Complete'], Degraded: ['Failed', 'ValidationFailed'], Suspended: ['Suspended'] },
      },
    },
    {
      kinds: ['RayService'],
      phase: {
        at: 'status.serviceStatus',
        states: { Healthy: ['Running'], Degraded: ['FailedToGetOrCreateRayCluster', 'FailedServeDeploy'] },
      },
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
  ],
};

/** https://camel.apache.org/camel-k/ */
export const camel: RuleGroup = {
  groups: ['camel.apache.org'],
  rules: [
    {
      kinds: ['*'],
      phase: {
        at: 'status.phase',
        states: {
          Healthy: ['Running', 'Ready'],
          Degraded: ['Error', 'Cannot Monitor Pods'],
          Progressing: [
            'Initialization',
            'Waiting For Platform',
            'Building Kit',
            'Build Submitted',
            'Build Running',
            'Deploying',
            'Creating',
          ],
        },
      },
    },
  ],
};
