import type { RuleGroup } from '../rules/rule.ts';

/** https://gitops-promoter.readthedocs.io : every kind has Ready, which tells of its own reconciliation. */
export const gitopsPromoter: RuleGroup = {
  groups: ['promoter.argoproj.io'],
  rules: [
    {
      kinds: ['PromotionStrategy'],
      checks: [
        { when: "!conditions.isSet('Ready')", health: 'Progressing' },
        { when: "conditions.isFalse('Ready')", health: 'Degraded' },
        { when: "conditions.isUnknown('Ready')", health: 'Progressing' },
        {
          when: "status.environments.exists(e, e.active.dry.?sha.orValue('') == '' || e.proposed.dry.?sha.orValue('') == '')",
          health: 'Progressing',
          message: 'not every environment is hydrated yet',
        },
        {
          when: "status.environments.exists(e, e.proposed.dry.sha != e.active.dry.sha && e.proposed.commitStatuses.exists(s, s.phase == 'failure') && !e.proposed.commitStatuses.exists(s, s.phase == 'pending'))",
          health: 'Degraded',
          message: 'a failed check keeps a change from an environment',
        },
        {
          when: 'status.environments.exists(e, e.proposed.dry.sha != e.active.dry.sha)',
          health: 'Progressing',
          message: 'a change is on its way through the environments',
        },
      ],
      condition: { type: 'Ready' },
    },
    {
      kinds: ['ChangeTransferPolicy'],
      checks: [
        { when: "conditions.isFalse('Ready')", health: 'Degraded' },
        {
          when: "has(status.proposed) && status.proposed.dry.?sha.orValue('') == ''",
          health: 'Progressing',
          message: 'what is proposed is not hydrated yet',
        },
        {
          when: "has(status.active) && status.active.dry.?sha.orValue('') == ''",
          health: 'Progressing',
          message: 'what is active is not hydrated yet',
        },
        {
          when: 'has(status.proposed) && status.proposed.dry.sha != status.active.dry.sha',
          health: 'Progressing',
          message: 'a change waits to be promoted',
        },
      ],
      condition: { type: 'Ready' },
    },
    {
      kinds: ['GitCommitStatus', 'TimedCommitStatus', 'WebRequestCommitStatus'],
      checks: [
        { when: "conditions.isFalse('Ready')", health: 'Degraded' },
        {
          when: "conditions.isTrue('Ready') && status.environments.exists(e, e.phase == 'failure')",
          health: 'Degraded',
          message:
            "failed in ${{ status.environments.filter(e, e.phase == 'failure').map(e, e.branch).join(', ') }}",
        },
        {
          when: "conditions.isTrue('Ready') && status.environments.exists(e, e.phase == 'pending')",
          health: 'Progressing',
          message:
            "waits in ${{ status.environments.filter(e, e.phase == 'pending').map(e, e.branch).join(', ') }}",
        },
      ],
      condition: { type: 'Ready' },
    },
    {
      kinds: ['PullRequest'],
      checks: [
        {
          when: "conditions.isTrue('Ready') && status.?id.orValue('') == ''",
          health: 'Progressing',
          message: 'not opened yet',
        },
      ],
      condition: { type: 'Ready' },
    },
    { kinds: ['ControllerConfiguration'], noStatus: 'Healthy', otherwise: 'Healthy' },
    { kinds: ['*'], condition: { type: 'Ready' } },
  ],
};
