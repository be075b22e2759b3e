import { startWebhookServer, type AdmissionHandler, type AdmissionRequest } from '@muster/testing';
import { expect, onTestFinished } from 'vitest';
import { configMap, configMapsOf } from './objects.ts';
import type { Target } from './target.ts';

/** A webhook of one test, for one namespace. */
export interface RegisteredWebhook {
  /** What it was asked, probes apart, in order. */
  readonly asked: () => readonly AdmissionRequest[];
}

export interface WebhookRegistration {
  readonly kind: 'Mutating' | 'Validating';
  readonly namespace: string;
  readonly handler: AdmissionHandler;
  readonly rule?: object;
  /** Fields of the webhook beside those that all have. */
  readonly more?: object;
}

const PROBE = 'webhook-probe';
const WAIT = { timeout: 20_000, interval: 50 };
let count = 0;

export const pathOf = (kind: 'Mutating' | 'Validating'): string =>
  `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`;

/** A webhook as configurations list it. */
export function webhookOf(namespace: string, name: string, clientConfig: object, more: object = {}): object {
  return {
    name: `${name}.conformance.test`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    ...more,
  };
}

/** Registers a configuration, and takes it away when the test has ended. */
export async function register(
  { api }: Target,
  kind: 'Mutating' | 'Validating',
  webhooks: readonly object[],
): Promise<void> {
  // Webhooks are asked in the order of their configurations' names.
  const name = `conformance-${String((count += 1)).padStart(4, '0')}`;
  const made = await api.send('POST', pathOf(kind), {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks,
  });
  expect(made.status, made.body.message).toBe(201);
  onTestFinished(async () => void (await api.send('DELETE', `${pathOf(kind)}/${name}`)));
}

/** Starts a webhook, and resolves once the API server asks it: it hears of new ones a moment later. */
export async function startWebhook(
  target: Target,
  registration: WebhookRegistration,
): Promise<RegisteredWebhook> {
  const { kind, namespace, handler, rule = {}, more } = registration;
  const isProbe = ({ name }: AdmissionRequest): boolean => name === PROBE;
  const server = await startWebhookServer({
    admission: { '/hook': (request) => (isProbe(request) ? {} : handler(request)), '/probe': () => ({}) },
  });
  onTestFinished(() => server.stop());
  const configMaps = { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
  const own = { ...configMaps, operations: ['CREATE', 'UPDATE'], ...rule };
  const probed = { ...configMaps, operations: ['CREATE'] };
  await register(target, kind, [
    webhookOf(namespace, 'own', server.clientConfig('/hook'), { rules: [own], ...more }),
    webhookOf(namespace, 'probe', server.clientConfig('/probe'), { rules: [probed] }),
  ]);
  const probe = configMap(namespace, PROBE);
  await expect
    .poll(async () => {
      await target.api.send('POST', `${configMapsOf(namespace)}?dryRun=All`, probe);
      return server.asked('/probe').length;
    }, WAIT)
    .toBeGreaterThan(0);
  return { asked: () => server.asked('/hook').filter((request) => !isProbe(request)) };
}
