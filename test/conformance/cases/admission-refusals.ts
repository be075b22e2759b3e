import { describe, expect, it, onTestFinished } from 'vitest';
import { startWebhookServer } from '@muster/testing';
import type { ApiAnswer } from '../api.ts';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';
import { pathOf, register, startWebhook, webhookOf } from '../webhooks.ts';

const configMaps = (operations: readonly string[]) => ({
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations, resources: ['configmaps'] }],
});
const WAIT = { timeout: 20_000, interval: 50 };

export function refusesByWebhooks(target: () => Target): void {
  describe('refusing by webhooks', () => {
    const applied = (own: string): Promise<ApiAnswer> =>
      target().api.apply(`${configMapsOf(own)}/one`, 'first', configMap(own, 'one', { a: '1' }));

    it('refuses what a validating webhook denies, in its words, dry runs too', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Validating',
        namespace: own,
        handler: () => ({ denied: 'not on a Friday' }),
      });
      const message = 'admission webhook "own.conformance.test" denied the request: not on a Friday';
      expect(await applied(own)).toMatchObject({ status: 403, body: { kind: 'Status', message, code: 403 } });
      const dry = await api.apply(
        `${configMapsOf(own)}/one`,
        'first',
        configMap(own, 'one'),
        '&force=true&dryRun=All',
      );
      expect(dry.body.message).toBe(message);
      expect((await api.get(`${configMapsOf(own)}/one`)).status).toBe(404);
    });

    it('keeps what a webhook does not let be deleted, one by one and as a collection', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const webhook = await startWebhook(target(), {
        kind: 'Validating',
        namespace: own,
        rule: { operations: ['DELETE'] },
        // A deletion of a collection names no object.
        handler: ({ oldObject }) => (oldObject?.metadata.name === 'kept' ? { denied: 'this one stays' } : {}),
      });
      await api.send('POST', configMapsOf(own), configMap(own, 'kept', { a: '1' }));
      await api.send('POST', configMapsOf(own), configMap(own, 'loose'));
      const denied = await api.send('DELETE', `${configMapsOf(own)}/kept`);
      expect(denied).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining('stays') as unknown },
      });
      expect(webhook.asked()[0]).toMatchObject({
        operation: 'DELETE',
        object: null,
        oldObject: { data: { a: '1' } },
        options: { kind: 'DeleteOptions' },
      });
      expect((await api.send('DELETE', `${configMapsOf(own)}/loose`)).status).toBe(200);
      expect((await api.send('DELETE', configMapsOf(own))).status).toBe(403);
      expect(webhook.asked().at(-1)?.name ?? '').toBe('');
      expect((await api.get(`${configMapsOf(own)}/kept`)).status).toBe(200);
    });

    it('shows a validating webhook what the mutating ones made', async () => {
      const { namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        handler: () => ({ patch: [{ op: 'add', path: '/data/added', value: '1' }] }),
      });
      const validating = await startWebhook(target(), {
        kind: 'Validating',
        namespace: own,
        handler: () => ({}),
      });
      await applied(own);
      const [asked] = validating.asked();
      expect(asked?.object).toMatchObject({ data: { a: '1', added: '1' } });
      expect(asked?.object?.metadata['uid']).toEqual(expect.any(String));
    });

    it('hands warnings on', async () => {
      const { namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Validating',
        namespace: own,
        handler: () => ({ warnings: ['think again'] }),
      });
      expect((await applied(own)).headers['warning']).toBe('299 - "think again"');
    });

    it('fails closed when a webhook is not there, or open where it may', async () => {
      const { namespace } = target();
      const own = await namespace();
      const gone = { url: 'https://127.0.0.1:1/gone' };
      await register(target(), 'Validating', [
        webhookOf(own, 'open', gone, { failurePolicy: 'Ignore', ...configMaps(['CREATE']) }),
      ]);
      expect((await applied(own)).status).toBe(201);
      await register(target(), 'Validating', [webhookOf(own, 'closed', gone, configMaps(['UPDATE']))]);
      await expect.poll(async () => (await applied(own)).status, WAIT).toBe(500);
      const { body } = await applied(own);
      expect(body).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
      expect(body.message).toBe(
        'Internal error occurred: failed calling webhook "closed.conformance.test": failed to call webhook: ' +
          'Post "https://127.0.0.1:1/gone?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
      );
    });

    it('waits no longer for a webhook than that allows', async () => {
      const { namespace } = target();
      const own = await namespace();
      const silent = await startWebhookServer({
        admission: { '/silent': () => new Promise(() => undefined) },
      });
      onTestFinished(() => silent.stop());
      await register(target(), 'Mutating', [
        webhookOf(own, 'silent', silent.clientConfig('/silent'), {
          timeoutSeconds: 1,
          ...configMaps(['CREATE']),
        }),
      ]);
      await expect
        .poll(async () => (await applied(own)).body.message, WAIT)
        .toMatch(/failed calling webhook "silent\.conformance\.test": .*context deadline exceeded/);
    });

    it('believes no webhook whose certificate is not of the authority that its configuration names', async () => {
      const { namespace } = target();
      const own = await namespace();
      const server = await startWebhookServer({ admission: { '/hook': () => ({}) } });
      const other = await startWebhookServer({});
      onTestFinished(async () => void (await Promise.all([server.stop(), other.stop()])));
      const clientConfig = { ...server.clientConfig('/hook'), caBundle: other.clientConfig('/').caBundle };
      await register(target(), 'Validating', [webhookOf(own, 'wrong', clientConfig, configMaps(['CREATE']))]);
      await expect
        .poll(async () => {
          const { status, body } = await target().api.send(
            'POST',
            `${configMapsOf(own)}?dryRun=All`,
            configMap(own, 'one'),
          );
          return status === 500 && /failed calling webhook "wrong.*x509/.test(body.message ?? '');
        }, WAIT)
        .toBe(true);
      expect(server.asked('/hook')).toEqual([]);
    });

    it('takes no webhook with side effects, for a dry run could not ask it', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const config = (sideEffects: string | undefined) => ({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'with-side-effects' },
        webhooks: [{ ...webhookOf(own, 'x', { url: 'https://127.0.0.1:1/' }), sideEffects }],
      });
      for (const sideEffects of ['Some', 'Unknown', undefined]) {
        const refused = await api.send('POST', `${pathOf('Validating')}?dryRun=All`, config(sideEffects));
        expect(refused.status).toBe(422);
        expect(refused.body.details?.causes?.[0]?.field).toBe('webhooks[0].sideEffects');
      }
      const taken = await api.send('POST', `${pathOf('Validating')}?dryRun=All`, config('NoneOnDryRun'));
      expect(taken.body).toMatchObject({
        webhooks: [
          { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, objectSelector: {} },
        ],
      });
    });
  });
}
