import { KubeApiError, KubeNetworkError } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { NoLeaseError } from '../lease/no-lease.ts';
import { Failures } from './failures.ts';

const id = '/ConfigMap/shop/a';

describe('failures', () => {
  it('are tried again later and later, but at once when what is tried differs', () => {
    let now = 0;
    const failures = new Failures(
      () => now,
      () => 0.5,
    );
    const refused = new KubeApiError(422, 'Invalid', 'no');
    failures.record(id, 'd1', refused);
    expect(failures.isBackingOff(id, 'd1')).toBe(true);
    expect(failures.isBackingOff(id, 'd2')).toBe(false);
    now = 1_000;
    expect(failures.isBackingOff(id, 'd1')).toBe(false);
    expect(failures.record(id, 'd1', refused).retryAt).toBe(3_000);
    for (let n = 0; n < 20; n++) failures.record(id, 'd1', refused);
    expect(failures.of(id)!.retryAt).toBe(301_000);
    failures.succeeded(id);
    expect(failures.of(id)).toBeUndefined();
  });

  it('are not forgotten when their time passed while others were still being tried', () => {
    const failures = new Failures(
      () => 0,
      () => 0.5,
    );
    failures.record(id, 'd', new KubeApiError(422, 'Invalid', 'x'));
    expect(failures.nextRetryAt(0)).toBe(1_000);
    expect(failures.nextRetryAt(1_000)).toBeUndefined();
  });

  it('of a kind are as new when its CRD changes, and none of others', () => {
    const failures = new Failures(
      () => 0,
      () => 0.5,
    );
    const unknown = new KubeApiError(500, 'InternalServerError', 'field not declared in schema');
    const widget = 'example.com/Widget/shop/a';
    for (let n = 0; n < 5; n++) for (const it of [id, widget]) failures.record(it, 'd', unknown);
    expect(failures.forgiveGroup('example.com')).toBe(true);
    expect([id, widget].map((it) => failures.isBackingOff(it, 'd'))).toEqual([true, false]);
    expect(failures.record(widget, 'd', unknown).retryAt).toBe(1_000);
    expect(failures.forgiveGroup('other.example.com')).toBe(false);
  });

  it('that a policy may end are tried at once when a newer state comes, and no others', () => {
    const failures = new Failures(
      () => 0,
      () => 0.5,
    );
    failures.record(id, 'd', new KubeApiError(409, 'Conflict', 'x'));
    failures.record('/ConfigMap/shop/b', 'd', new KubeApiError(422, 'Invalid', 'x'));
    failures.forgivePolicies();
    expect(failures.isBackingOff(id, 'd')).toBe(false);
    expect(failures.isBackingOff('/ConfigMap/shop/b', 'd')).toBe(true);
  });

  it.each([
    [new KubeApiError(422, 'Invalid', 'x'), 'Refused'],
    [
      new KubeApiError(
        403,
        'Forbidden',
        'User "jo" cannot patch resource "pods" in API group "" in the namespace "shop"',
      ),
      'Forbidden',
    ],
    [new KubeApiError(403, 'Forbidden', 'violates PodSecurity "restricted:latest"'), 'Refused'],
    [
      new KubeApiError(403, 'Forbidden', 'unable to create new content', {
        causes: [{ reason: 'NamespaceTerminating' }],
      }),
      'Terminating',
    ],
    [new KubeApiError(403, 'Forbidden', 'admission webhook "w" denied the request'), 'Refused'],
    [new KubeApiError(409, 'Conflict', 'x'), 'Conflict'],
    [new KubeApiError(503, 'ServiceUnavailable', 'x'), 'Unreachable'],
    [new KubeNetworkError('refused', 'ECONNREFUSED'), 'Unreachable'],
    [new NoLeaseError(), 'Unreachable'],
  ])('tell %s', (error, reason) => {
    expect(
      new Failures(
        () => 0,
        () => 0,
      ).record(id, 'd', error).reason,
    ).toBe(reason);
  });

  it('never quote what the API server says of a Secret', () => {
    const error = new KubeApiError(422, 'Invalid', 'Secret "s" is invalid: data: "hunter2"', {
      causes: [{ field: 'data', message: 'hunter2' }, { field: 'data[hunter2]' }],
    });
    const { message } = new Failures(
      () => 0,
      () => 0,
    ).record('/Secret/shop/s', 'd', error);
    expect(message).toBe(
      'the API server answered 422 Invalid at data (its message is withheld, because it may quote the Secret)',
    );
  });
});
