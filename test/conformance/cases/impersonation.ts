import { describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../api.ts';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';
import { startWebhook } from '../webhooks.ts';

const ACCOUNT = 'system:serviceaccount:shop:deployer';

export function letsAdministratorsImpersonate(target: () => Target): void {
  describe('impersonating', () => {
    const whoAmI = async (headers: Record<string, string>): Promise<ApiAnswer> =>
      target().api.send(
        'POST',
        '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
        { headers },
      );

    it('knows a service account, and the groups that it is in', async () => {
      const { body } = await whoAmI({ 'impersonate-user': ACCOUNT });
      expect(body.status).toMatchObject({
        userInfo: {
          username: ACCOUNT,
          groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
        },
      });
    });

    it('is an administrator without, and whoever is said with', async () => {
      expect((await whoAmI({})).body.status).toMatchObject({
        userInfo: { groups: expect.arrayContaining(['system:masters']) as unknown },
      });
      const { body } = await whoAmI({ 'impersonate-user': 'jane', 'impersonate-group': 'developers' });
      expect(body.status).toMatchObject({
        userInfo: { username: 'jane', groups: ['developers', 'system:authenticated'] },
      });
    });

    it('takes no group without a user', async () => {
      expect((await whoAmI({ 'impersonate-group': 'developers' })).status).toBeGreaterThanOrEqual(400);
    });

    it('tells webhooks who writes', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const webhook = await startWebhook(target(), {
        kind: 'Validating',
        namespace: own,
        handler: () => ({}),
      });
      await api.send('POST', configMapsOf(own), configMap(own, 'one'), {
        headers: { 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' },
      });
      expect(webhook.asked()[0]?.userInfo).toMatchObject({
        username: 'jane',
        groups: ['system:masters', 'system:authenticated'],
      });
    });
  });
}
