import { describe, expect, it } from 'vitest';
import { listAt, numberAt, textAt, type JsonObject } from '../json/value.ts';
import { shop, testApi, type TestApi } from '../testing/api.ts';
import { readyAnnotation, succeedAnnotation } from './pod-objects.ts';

const apps = '/apis/apps/v1/namespaces/shop';
const jobs = '/apis/batch/v1/namespaces/shop/jobs';
const claims = '/api/v1/namespaces/shop/persistentvolumeclaims';

const podSpec = { containers: [{ name: 'main', image: 'main:1' }] };
const job = (spec: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate' },
  spec: { ...spec, template: { metadata: { annotations }, spec: { restartPolicy: 'Never', ...podSpec } } },
});
const statefulSet = (spec: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    ...spec,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' }, annotations }, spec: podSpec },
  },
});
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const names = async (api: TestApi, path: string): Promise<readonly string[]> =>
  listAt((await api.ask('GET', path)).body, 'items').map((one) => textAt(one, 'metadata', 'name') ?? '');
const pods = (api: TestApi): Promise<readonly string[]> => names(api, '/api/v1/namespaces/shop/pods');
const conditions = async (api: TestApi): Promise<readonly string[]> =>
  listAt((await api.ask('GET', `${jobs}/migrate`)).body, 'status', 'conditions').map(
    (one) => `${textAt(one, 'type') ?? ''}: ${textAt(one, 'reason') ?? ''}`,
  );

describe('a Job', () => {
  it('fails when its template says so, after as many Pods as it allows', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', jobs, job({ backoffLimit: 2 }, { [succeedAnnotation]: 'false' }));
    api.environment.advance(60_000);
    expect(await conditions(api)).toEqual([
      'FailureTarget: BackoffLimitExceeded',
      'Failed: BackoffLimitExceeded',
    ]);
    expect(await pods(api)).toHaveLength(3);
  });

  it('runs no more Pods at once than it may', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', jobs, job({ completions: 3, parallelism: 2 }));
    api.environment.advance(999);
    expect(await pods(api)).toHaveLength(2);
    api.environment.advance(1);
    expect(await pods(api)).toHaveLength(3);
    api.environment.advance(1000);
    expect(await conditions(api)).toEqual([
      'SuccessCriteriaMet: CompletionsReached',
      'Complete: CompletionsReached',
    ]);
  });

  it('goes with its Pods so many seconds after its end, failed or not', async () => {
    const api = testApi();
    await shop(api);
    const limits = { backoffLimit: 0, ttlSecondsAfterFinished: 30 };
    await api.ask('POST', jobs, job(limits, { [succeedAnnotation]: 'false' }));
    api.environment.advance(30_000);
    expect(await names(api, jobs)).toEqual(['migrate']);
    api.environment.advance(1000);
    expect([await names(api, jobs), await pods(api)]).toEqual([[], []]);
  });

  it('makes a Pod anew that was deleted before it ended', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', jobs, job({}));
    api.environment.advance(0);
    const [first = ''] = await pods(api);
    await api.ask('DELETE', `/api/v1/namespaces/shop/pods/${first}`);
    api.environment.advance(0);
    expect(await pods(api)).not.toContain(first);
    api.environment.advance(1000);
    expect(await conditions(api)).toContain('Complete: CompletionsReached');
  });
});

describe('a StatefulSet', () => {
  it('stops at the first Pod that doesn’t become ready', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${apps}/statefulsets/db`, statefulSet({ replicas: 3 }, { [readyAnnotation]: 'false' }));
    api.environment.advance(60_000);
    expect(await pods(api)).toEqual(['db-0']);
  });

  it('has all its Pods at once where they are managed in parallel', async () => {
    const api = testApi();
    await shop(api);
    const parallel = { replicas: 3, podManagementPolicy: 'Parallel' };
    await api.apply(`${apps}/statefulsets/db`, statefulSet(parallel));
    api.environment.advance(0);
    expect(await pods(api)).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('keeps the claims of Pods that it is scaled down from', async () => {
    const api = testApi();
    await shop(api);
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claim }];
    await api.apply(`${apps}/statefulsets/db`, statefulSet({ replicas: 2, volumeClaimTemplates }));
    api.environment.advance(5000);
    await api.apply(`${apps}/statefulsets/db`, statefulSet({ replicas: 1, volumeClaimTemplates }));
    api.environment.advance(5000);
    expect([await pods(api), await names(api, claims)]).toEqual([['db-0'], ['data-db-0', 'data-db-1']]);
  });

  it('changes only the Pods from its partition on', async () => {
    const api = testApi();
    await shop(api);
    const spec = { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } };
    await api.apply(`${apps}/statefulsets/db`, statefulSet(spec));
    api.environment.advance(5000);
    await api.apply(`${apps}/statefulsets/db`, statefulSet(spec, { round: 'second' }));
    api.environment.advance(5000);
    const { body } = await api.ask('GET', `${apps}/statefulsets/db`);
    expect(numberAt(body, 'status', 'updatedReplicas')).toBe(1);
    expect(textAt(body, 'status', 'currentRevision')).not.toBe(textAt(body, 'status', 'updateRevision'));
  });
});

describe('a claim', () => {
  const make = (api: TestApi, storageClassName: string): Promise<unknown> =>
    api.ask('POST', claims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { ...claim, storageClassName },
    });
  const phase = async (api: TestApi): Promise<string | undefined> =>
    textAt((await api.ask('GET', `${claims}/data`)).body, 'status', 'phase');

  it('waits for its class, gets a volume of it, and takes that with it when it goes', async () => {
    const api = testApi();
    await shop(api);
    await make(api, 'fast');
    api.environment.advance(0);
    expect(await phase(api)).toBe('Pending');
    await api.ask('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
      provisioner: 'example.test/disks',
    });
    api.environment.advance(0);
    expect(await phase(api)).toBe('Bound');
    expect(await names(api, '/api/v1/persistentvolumes')).toHaveLength(1);
    await api.ask('DELETE', `${claims}/data`);
    api.environment.advance(0);
    expect(await names(api, '/api/v1/persistentvolumes')).toEqual([]);
  });

  it('isn’t bound to a volume that is too small', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'small' },
      spec: {
        accessModes: claim.accessModes,
        capacity: { storage: '1000Mi' },
        storageClassName: 'none',
        hostPath: { path: '/data' },
      },
    });
    await make(api, 'none');
    api.environment.advance(0);
    expect(await phase(api)).toBe('Pending');
  });
});
