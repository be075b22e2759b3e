import { describe, expect, it } from 'vitest';
import { configMap, configMapsOf, deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function refusesBadInput(target: () => Target): void {
  describe('refusing', () => {
    it('knows no object, kind, version or group that it lacks', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      expect(await api.get(`${configMapsOf(own)}/none`)).toMatchObject({
        status: 404,
        body: {
          kind: 'Status',
          reason: 'NotFound',
          message: 'configmaps "none" not found',
          details: { name: 'none', kind: 'configmaps' },
        },
      });
      for (const path of [
        '/apis/example.test/v1/things',
        `/api/v1/namespaces/${own}/nothings`,
        '/apis/apps/v9/deployments',
      ]) {
        expect((await api.get(path)).status, path).toBe(404);
      }
    });

    it('makes nothing in a namespace that is not there', async () => {
      const { api } = target();
      const path = configMapsOf('no-such-namespace');
      const expected = {
        status: 404,
        body: { reason: 'NotFound', message: 'namespaces "no-such-namespace" not found' },
      };
      expect(await api.send('POST', path, configMap('no-such-namespace', 'one'))).toMatchObject(expected);
      expect(await api.apply(`${path}/one`, 'first', configMap('no-such-namespace', 'one'))).toMatchObject(
        expected,
      );
    });

    it('answers 422 with the causes when an object is invalid', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const answer = await api.apply(
        `${configMapsOf(own)}/one`,
        'first',
        configMap(own, 'one', { 'a b': '1' }),
      );
      expect(answer).toMatchObject({ status: 422, body: { kind: 'Status', reason: 'Invalid' } });
      expect(answer.body.details?.causes).toEqual([
        expect.objectContaining({ reason: 'FieldValueInvalid', field: 'data[a b]' }),
      ]);
    });

    it('answers 422 when a Deployment selects other pods than its own', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const body = deployment(own, 'web', {}, { selector: { matchLabels: { app: 'other' } } });
      expect(await api.apply(`${deploymentsOf(own)}/web`, 'first', body)).toMatchObject({
        status: 422,
        body: {
          reason: 'Invalid',
          details: {
            causes: expect.arrayContaining([
              expect.objectContaining({ field: 'spec.template.metadata.labels' }),
            ]) as unknown,
          },
        },
      });
    });

    it('answers 422 for a name that is no DNS name', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const answer = await api.send('POST', configMapsOf(own), configMap(own, 'Not_A_Name'));
      expect(answer).toMatchObject({
        status: 422,
        body: { details: { causes: [{ field: 'metadata.name' }] } },
      });
    });

    it('answers 400 when body and path disagree', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      expect((await api.apply(`${configMapsOf(own)}/one`, 'first', configMap(own, 'two'))).status).toBe(400);
      expect((await api.apply(`${configMapsOf(own)}/one`, 'first', configMap('default', 'one'))).status).toBe(
        400,
      );
    });

    it('answers 400 for an apply without a field manager, and for bytes that are no object', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const contentType = 'application/apply-patch+yaml';
      const path = `${configMapsOf(own)}/one`;
      const nobody = await api.send('PATCH', path, configMap(own, 'one'), { contentType });
      expect(nobody).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
      expect((await api.apply(path, 'first', '{"apiVersion":')).status).toBe(400);
      expect((await api.send('POST', configMapsOf(own), '{"apiVersion":')).status).toBe(400);
    });

    it('refuses fields that the schema lacks in an apply, because they cannot be owned', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const answer = await api.apply(`${configMapsOf(own)}/one`, 'first', {
        ...configMap(own, 'one'),
        unknownField: 1,
      });
      expect(answer.status).toBe(500);
      expect(answer.body.message).toContain('.unknownField: field not declared in schema');
    });

    it('drops fields that the schema lacks in other writes, and refuses them when asked to be strict', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, unknownField: 1 };
      const strict = await api.send('POST', `${path}?fieldValidation=Strict`, object);
      expect(strict.status).toBe(400);
      expect(strict.body.message).toContain('unknown field "unknownField"');
      const made = await api.send('POST', path, object);
      expect(made.status).toBe(201);
      expect(made.body).not.toHaveProperty('unknownField');
    });

    it('answers 401 to those whom it does not know', async () => {
      const { config } = target().server;
      if (config.token === undefined) return;
      const { createApi } = await import('../api.ts');
      const stranger = createApi({ ...config, token: 'wrong' });
      try {
        expect((await stranger.get('/api/v1/namespaces')).status).toBe(401);
      } finally {
        await stranger.close();
      }
    });
  });
}
