import { expect, it } from 'vitest';
import { maskedPod } from './mask.ts';
import { Redactor } from './redactor.ts';

it("a Pod is shown without what its Secrets gave to its containers' last words", () => {
  const status = (message: string) => ({
    phase: 'Failed',
    containerStatuses: [{ name: 'web', restartCount: 3, state: { terminated: { exitCode: 1, message } } }],
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'shop' },
    status: status('hunter22 is wrong; token=abcdef'),
  };
  expect(maskedPod(pod, new Redactor(['hunter22']))).toEqual({
    ...pod,
    status: status('*** is wrong; token=***'),
  });
});
