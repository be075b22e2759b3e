import type { RuleGroup } from '../rules/rule.ts';

/** https://github.com/mariadb-operator/mariadb-operator ; mariadb.mmontes.io is what the group was called first. */
export const mariadb: RuleGroup = {
  groups: ['k8s.mariadb.com', 'mariadb.mmontes.io', 'enterprise.mariadb.com'],
  rules: [
    {
      kinds: ['*'],
      suspended: 'spec.suspend == true',
      checks: [
        { when: "conditions.isTrue('Complete')", health: 'Healthy' },
        // A backup on a schedule is never complete; the operator spells success in two ways.
        {
          when: "conditions.reason('Complete') in ['CronJobScheduled', 'CronJobRunning', 'CronJobSuccess', 'CronJobSucess']",
          health: 'Healthy',
          message: "${{ conditions.message('Complete') }}",
        },
        { when: "conditions.reason('Complete') in ['JobFailed', 'CronJobFailed']", health: 'Degraded' },
        { when: "conditions.reason('Complete') == 'JobSuspended'", health: 'Suspended' },
      ],
      condition: {
        type: 'Ready',
        // Jobs, StatefulSets and restores that aren't ready yet are False, too.
        isFalse: 'Progressing',
        reasons: {
          Degraded: ['Failed', 'JobFailed', 'RestoreFailed', 'CronJobFailed', 'ConnectionFailed'],
          Suspended: ['Suspended'],
        },
      },
    },
  ],
};

/** Percona's operators have one field for all, in lower case. */
export const percona: RuleGroup = {
  groups: ['pxc.percona.com', 'psmdb.percona.com', 'ps.percona.com', 'pgv2.percona.com'],
  rules: [
    {
      kinds: ['PerconaXtraDBCluster', 'PerconaServerMongoDB', 'PerconaServerMySQL', 'PerconaPGCluster'],
      phase: {
        at: 'status.state',
        states: {
          Healthy: ['ready'],
          Degraded: ['error'],
          Progressing: ['initializing', 'stopping'],
          Suspended: ['paused'],
        },
      },
      otherwise: 'Unknown',
    },
    {
      kinds: ['*'],
      phase: {
        at: 'status.state',
        states: {
          Healthy: ['Succeeded', 'ready'],
          Degraded: ['Failed', 'error', 'Error'],
          Progressing: ['Starting', 'Running', 'requested', 'running', 'waiting', 'rejected'],
        },
      },
    },
  ],
};
