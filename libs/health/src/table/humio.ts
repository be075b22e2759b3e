import type { RuleGroup } from '../rules/rule.ts';

/** https://github.com/humio/humio-operator */
export const humio: RuleGroup = {
  groups: ['core.humio.com'],
  rules: [
    {
      kinds: ['*'],
      phase: {
        at: 'status.state',
        states: {
          Healthy: ['Exists', 'Running', 'Ready'],
          Degraded: ['ConfigError', 'Failed'],
          Progressing: ['Pending', 'Restarting', 'Upgrading'],
          Missing: ['NotFound'],
          Unknown: ['Unknown'],
        },
      },
    },
  ],
};
