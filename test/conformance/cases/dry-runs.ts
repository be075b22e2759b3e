import { describe, expect, it } from 'vitest';
import { configMap, configMapsOf, deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';

const merge = { contentType: 'application/merge-patch+json' };
const DRY = 'dryRun=All';

export function runsDry(target: () => Target): void {
  describe('running dry', () => {
    it('answers every kind of write as if, and writes nothing', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const all = configMapsOf(own);
      const path = `${all}/one`;
      const created = await api.send('POST', `${all}?${DRY}`, configMap(own, 'one'));
      expect(created).toMatchObject({
        status: 201,
        body: { metadata: { uid: expect.any(String) as unknown } },
      });
      expect((await api.get(path)).status).toBe(404);
      const before = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;

      const put = await api.send('PUT', `${path}?${DRY}`, configMap(own, 'one', { a: '2' }));
      expect(put).toMatchObject({ status: 200, body: { data: { a: '2' } } });
      const merged = await api.send('PATCH', `${path}?${DRY}`, { data: { b: '2' } }, merge);
      expect(merged.body.data).toEqual({ a: '1', b: '2' });
      const patched = await api.send(
        'PATCH',
        `${path}?${DRY}`,
        [{ op: 'replace', path: '/data/a', value: '3' }],
        { contentType: 'application/json-patch+json' },
      );
      expect(patched.body.data).toEqual({ a: '3' });
      const applied = await api.apply(
        path,
        'second',
        configMap(own, 'one', { a: '4' }),
        `&force=true&${DRY}`,
      );
      expect(applied.body.data).toEqual({ a: '4' });
      const conflicting = await api.apply(path, 'second', configMap(own, 'one', { a: '4' }), `&${DRY}`);
      expect(conflicting.status).toBe(409);
      expect((await api.send('DELETE', `${path}?${DRY}`)).status).toBe(200);
      expect(
        (await api.send('DELETE', path, { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] })).status,
      ).toBe(200);
      expect((await api.send('DELETE', `${all}?${DRY}`)).status).toBe(200);
      expect((await api.get(path)).body).toEqual(before);
    });

    it('answers an apply that would change nothing with the object as it is, version and all', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const before = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const same = await api.apply(path, 'first', configMap(own, 'one', { a: '1' }), `&force=true&${DRY}`);
      expect(same.body).toEqual(before);
    });

    it('refuses what it would refuse', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      expect((await api.send('POST', `${configMapsOf(own)}?${DRY}`, configMap(own, 'Bad_Name'))).status).toBe(
        422,
      );
      expect((await api.send('DELETE', `${configMapsOf(own)}/none?${DRY}`)).status).toBe(404);
      expect(
        (await api.send('POST', `${configMapsOf(own)}?dryRun=Some`, configMap(own, 'one'))).status,
      ).toBeGreaterThanOrEqual(400);
    });

    it('leaves statuses and scales as they are', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0 }));
      const mine = { type: 'Mine', status: 'True', reason: 'X', message: 'x' };
      const status = { status: { conditions: [mine] } };
      const told = await api.send('PATCH', `${path}/status?${DRY}`, status, merge);
      expect(told.body.status).toMatchObject({ conditions: [mine] });
      const scaled = await api.send('PATCH', `${path}/scale?${DRY}`, { spec: { replicas: 3 } }, merge);
      expect(scaled.body.spec).toEqual({ replicas: 3 });
      const after = (await api.get(path)).body;
      expect(after.spec?.['replicas']).toBe(0);
      expect(JSON.stringify(after.status)).not.toContain('Mine');
    });
  });
}
