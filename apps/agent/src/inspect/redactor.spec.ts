import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { Redactor, redactorFor, secretsOf } from './redactor.ts';

const pod = (spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop' },
  spec,
});
const withSecret = pod({
  containers: [{ name: 'web', env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'p' } } }] }],
});
const signal = new AbortController().signal;
const kubeWith = (get: () => Promise<object>): KubeClient => ({ get }) as unknown as KubeClient;
const encoded = (text: string): string => Buffer.from(text).toString('base64');

describe('a redactor', () => {
  it('takes the values of the Secrets out that a Pod was given, as they are and as they are kept', async () => {
    const data = { p: encoded('correct horse\n'), short: encoded('yes') };
    const redactor = (await redactorFor(
      kubeWith(async () => ({ data })),
      withSecret,
      signal,
    ))!;
    expect(redactor.redact(`yes, "correct horse" is ${data.p}`)).toBe('yes, "***" is ***');
  });

  it('is none where a Secret may not be read, and takes a missing one for empty', async () => {
    const refuse = (status: number) =>
      kubeWith(() => Promise.reject(new KubeApiError(status, 'Reason', 'message')));
    expect(await redactorFor(refuse(403), withSecret, signal)).toBeUndefined();
    expect((await redactorFor(refuse(404), withSecret, signal))?.redact('text')).toBe('text');
  });

  it('takes also what looks like a credential out of lines that many read', () => {
    const redactor = new Redactor([]);
    const lines = {
      'connecting to postgres://shop:hunter2@db/shop': 'connecting to postgres://***@db/shop',
      'password=hunter2 rejected': 'password=*** rejected',
      '{"api_key": "abcdef"}': '{"api_key": "***"}',
      'Authorization: Bearer abc.def-123': 'Authorization: Bearer ***',
      'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig': 'got ***',
      'panic: no database': 'panic: no database',
    };
    for (const [line, told] of Object.entries(lines)) expect(redactor.redactStrictly(line)).toBe(told);
  });

  it('knows of every way that a Pod is given Secrets', () => {
    const spec = {
      initContainers: [{ envFrom: [{ secretRef: { name: 'a' } }] }],
      containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'b' } } }] }],
      volumes: [
        { secret: { secretName: 'c' } },
        { projected: { sources: [{ secret: { name: 'd' } }] } },
        { configMap: { name: 'e' } },
      ],
    };
    expect([...secretsOf(pod(spec))].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
