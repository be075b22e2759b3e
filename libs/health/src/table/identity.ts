import type { RuleGroup } from '../rules/rule.ts';

/** https://www.keycloak.org/operator/ */
export const keycloak: RuleGroup = {
  groups: ['k8s.keycloak.org'],
  rules: [
    {
      kinds: ['Keycloak', 'KeycloakRealmImport'],
      checks: [
        {
          when: "conditions.isTrue('HasErrors')",
          health: 'Degraded',
          message: "${{ conditions.message('HasErrors') }}",
        },
        { when: "conditions.anyTrue(['Ready', 'Done'])", health: 'Healthy' },
      ],
      condition: { type: 'Ready', isFalse: 'Progressing' },
    },
  ],
};

/** https://developer.1password.com/docs/k8s/operator/ */
export const onePassword: RuleGroup = {
  groups: ['onepassword.com'],
  rules: [{ kinds: ['OnePasswordItem'], condition: { type: 'Ready' } }],
};

/** https://github.com/bitnami-labs/sealed-secrets : older controllers write no status. */
export const sealedSecrets: RuleGroup = {
  groups: ['bitnami.com'],
  rules: [
    { kinds: ['SealedSecret'], noStatus: 'Healthy', condition: { type: 'Synced' }, otherwise: 'Healthy' },
  ],
};

/** https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso */
export const vaultSecrets: RuleGroup = {
  groups: ['secrets.hashicorp.com'],
  rules: [
    {
      kinds: ['VaultConnection', 'VaultAuth', 'VaultAuthGlobal', 'HCPAuth'],
      checks: [
        { when: 'status.valid == true', health: 'Healthy' },
        { when: 'status.valid == false', health: 'Degraded' },
      ],
    },
    {
      kinds: ['VaultStaticSecret', 'VaultDynamicSecret', 'VaultPKISecret', 'HCPVaultSecretsApp'],
      checks: [
        { when: "conditions.anyFalse(['Healthy', 'SecretSynced', 'Ready'])", health: 'Degraded' },
        { when: "conditions.anyTrue(['Healthy', 'SecretSynced', 'Ready'])", health: 'Healthy' },
      ],
      otherwise: 'Healthy',
    },
  ],
};
