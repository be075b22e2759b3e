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
    const redactor = await redactorFor(
      kubeWith(async () => ({ data })),
      withSecret,
      signal,
    );
    expect(redactor.redact(`yes, "correct horse" is ${data.p}`)).toBe('yes, "***" is ***');
  });

  it('knows them also in JSON and in URLs', async () => {
    const data = { p: encoded('a"b/c d\\e') };
    const redactor = await redactorFor(
      kubeWith(async () => ({ data })),
      withSecret,
      signal,
    );
    expect(redactor.redact('{"p":"a\\"b/c d\\\\e"}')).toBe('{"p":"***"}');
    expect(redactor.redact('postgres://shop:a%22b%2Fc%20d%5Ce@db')).toBe('postgres://shop:***@db');
  });

  it('says where a Secret cannot be read, or is gone, and still masks what the others hold', async () => {
    const two = pod({
      containers: [{ envFrom: [{ secretRef: { name: 'a' } }, { secretRef: { name: 'b' } }] }],
    });
    const withFirst = (status: number) => {
      let reads = 0;
      return kubeWith(() =>
        reads++ === 0
          ? Promise.resolve({ data: { p: encoded('correct horse') } })
          : Promise.reject(new KubeApiError(status, 'Reason', 'message')),
      );
    };
    for (const [status, unknown] of [
      [403, 'unread'],
      [404, 'gone'],
    ] as const) {
      const redactor = await redactorFor(withFirst(status), two, signal);
      expect(redactor.unknown).toBe(unknown);
      expect(redactor.redactStrictly('it is correct horse')).toBe('it is ***');
    }
  });

  it('leaves nothing of a value at the end of a line that was cut within it', () => {
    const redactor = new Redactor(['correct horse battery']);
    expect(redactor.redact('it is correct horse b', true)).toBe('it is ***');
    expect(redactor.redact('it is correct, correct horse', true)).toBe('it is correct, ***');
    expect(redactor.redact('it is correct', true)).toBe('it is ***');
    expect(redactor.redact('it is corre', true)).toBe('it is corre');
    expect(redactor.redact('it is correct')).toBe('it is correct');
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
