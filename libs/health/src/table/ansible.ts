import type { RuleGroup } from '../rules/rule.ts';

/** The job that Ansible Automation Platform ran for it. */
export const ansible: RuleGroup = {
  groups: ['tower.ansible.com'],
  rules: [
    {
      kinds: ['AnsibleJob'],
      phase: {
        at: 'status.ansibleJobResult.status',
        states: {
          Healthy: ['successful'],
          Degraded: ['failed', 'error', 'canceled'],
          Progressing: ['new', 'pending', 'waiting', 'running'],
        },
      },
    },
  ],
};
