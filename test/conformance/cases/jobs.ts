import { describe, expect, it } from 'vitest';
import type { Target } from '../target.ts';
import { make, NOBODY, podsOf, statusOf } from './workload-kinds.ts';

const WAIT = { timeout: 45_000, interval: 100 };

export function runsJobs(target: () => Target): void {
  describe('running Jobs', () => {
    it('gives a Job a selector and labels by its own uid', async () => {
      const own = await target().namespace();
      const { metadata, spec } = await make(target(), own, 'batch', job('once', {}));
      const labels = {
        'batch.kubernetes.io/controller-uid': metadata.uid,
        'batch.kubernetes.io/job-name': 'once',
        'controller-uid': metadata.uid,
        'job-name': 'once',
      };
      expect(metadata.labels).toEqual(labels);
      expect(spec).toMatchObject({
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } },
        template: { metadata: { labels } },
      });
    });

    it('runs a Job until as many Pods have succeeded as it wants', async () => {
      const own = await target().namespace();
      await make(target(), own, 'batch', job('twice', { completions: 2 }));
      const reached = { status: 'True', reason: 'CompletionsReached' };
      await expect
        .poll(() => statusOf(target(), own, 'batch', 'jobs', 'twice'), WAIT)
        .toMatchObject({
          succeeded: 2,
          ready: 0,
          terminating: 0,
          startTime: expect.any(String) as unknown,
          completionTime: expect.any(String) as unknown,
          conditions: [
            { type: 'SuccessCriteriaMet', ...reached },
            { type: 'Complete', ...reached },
          ],
        });
      const phases = (await podsOf(target(), own)).map(({ status }) => (status as { phase: string }).phase);
      expect(phases).toEqual(['Succeeded', 'Succeeded']);
    });

    it('fails a Job of which more Pods have failed than it allows', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(target(), own, 'batch', job('never', { backoffLimit: 0 }, NOBODY));
      const status = (): Promise<unknown> => statusOf(target(), own, 'batch', 'jobs', 'never');
      await expect.poll(status, WAIT).toMatchObject({ active: 1, ready: 0 });
      const [pod] = await podsOf(target(), own);
      const path = `/api/v1/namespaces/${own}/pods/${pod?.metadata.name ?? ''}/status`;
      expect((await api.patch(path, 'merge', { status: { phase: 'Failed' } })).status).toBe(200);
      const exceeded = { status: 'True', reason: 'BackoffLimitExceeded' };
      await expect.poll(status, WAIT).toMatchObject({
        failed: 1,
        conditions: [
          { type: 'FailureTarget', ...exceeded },
          { type: 'Failed', ...exceeded },
        ],
      });
      expect(await status()).not.toHaveProperty('completionTime');
      expect(await status()).not.toHaveProperty('active');
    });

    it('starts no Pods of a suspended Job until it is resumed', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(target(), own, 'batch', job('later', { suspend: true }));
      const status = (): Promise<unknown> => statusOf(target(), own, 'batch', 'jobs', 'later');
      await expect
        .poll(status, WAIT)
        .toMatchObject({ conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended' }] });
      expect(await podsOf(target(), own)).toEqual([]);
      await api.patch(`/apis/batch/v1/namespaces/${own}/jobs/later`, 'merge', { spec: { suspend: false } });
      await expect.poll(status, WAIT).toMatchObject({
        succeeded: 1,
        conditions: [
          { type: 'Suspended', status: 'False', reason: 'JobResumed' },
          { type: 'SuccessCriteriaMet' },
          { type: 'Complete' },
        ],
      });
    });

    it('removes a Job with its Pods when the time after its end is over', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(target(), own, 'batch', job('brief', { ttlSecondsAfterFinished: 1 }));
      const path = `/apis/batch/v1/namespaces/${own}/jobs/brief`;
      await expect.poll(async () => (await api.get(path)).status, WAIT).toBe(404);
      await expect.poll(async () => (await podsOf(target(), own)).length, WAIT).toBe(0);
    });

    it('refuses a Job whose Pods would restart for ever', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const endless = job('endless', {}, { restartPolicy: 'Always' });
      expect(await api.send('POST', `/apis/batch/v1/namespaces/${own}/jobs`, endless)).toMatchObject({
        status: 422,
        body: {
          message:
            'Job.batch "endless" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
        },
      });
    });

    it('stores a CronJob, and runs nothing before its time', async () => {
      const own = await target().namespace();
      const { spec } = job('yearly', {}) as { readonly spec: object };
      await make(target(), own, 'batch', {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'yearly' },
        spec: { schedule: '0 0 29 2 *', jobTemplate: { spec } },
      });
      const { api } = target();
      expect((await api.get(`/apis/batch/v1/namespaces/${own}/cronjobs/yearly`)).body.spec).toMatchObject({
        concurrencyPolicy: 'Allow',
        suspend: false,
      });
      expect((await api.get(`/apis/batch/v1/namespaces/${own}/jobs`)).body.items).toEqual([]);
    });
  });
}

function job(name: string, spec: object, podSpec: object = {}): object {
  const containers = [{ name: 'main', image: 'example.test/main:1' }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers, ...podSpec } } },
  };
}
