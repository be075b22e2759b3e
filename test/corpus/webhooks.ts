import { createKubeClient, type KubeConfig, type KubeObject } from '@muster/kube';
import {
  startWebhookServer,
  type AdmissionHandler,
  type JsonPatchOperation,
  type WebhookServer,
} from '@muster/testing';

/** Objects (and Pods) choose their webhooks by this label. */
const label = 'corpus.muster.dev/webhook';

const add = (path: string, value: unknown): JsonPatchOperation => ({ op: 'add', path, value });

/** As policy engines do: what the object doesn't say is added; what it is called by is not touched. */
const defaulting: AdmissionHandler = ({ object }) => ({
  patch: [
    ...(object?.metadata.annotations === undefined ? [add('/metadata/annotations', {})] : []),
    add('/metadata/annotations/corpus.example.com~1team', 'unknown'),
    add('/data/defaulted', 'by a webhook'),
  ],
});

let stamps = 0;
/** Not idempotent: every write looks different afterwards. */
const stamping: AdmissionHandler = ({ object }) => ({
  patch: [
    ...(object?.metadata.annotations === undefined ? [add('/metadata/annotations', {})] : []),
    add('/metadata/annotations/corpus.example.com~1stamp', `${(stamps += 1)}`),
  ],
});

/** Changes what the manifest says, each time. */
const rewriting: AdmissionHandler = () => ({ patch: [add('/data/url', 'https://mirror.example.com')] });

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly volumes?: readonly object[];
}

const podSpecOf = (object: object | null): { readonly path: string; readonly spec: PodSpec } => {
  const spec = (object as { spec: PodSpec & { template?: { spec: PodSpec } } }).spec;
  return spec.template === undefined
    ? { path: '/spec', spec }
    : { path: '/spec/template/spec', spec: spec.template.spec };
};

/** As meshes do: a container before the others, a volume, once. */
const sidecar: AdmissionHandler = ({ object }) => {
  const { path, spec } = podSpecOf(object);
  if (spec.containers.some(({ name }) => name === 'proxy')) return {};
  const proxy = {
    name: 'proxy',
    image: 'mesh.example.com/proxy:1',
    volumeMounts: [{ name: 'mesh', mountPath: '/etc/mesh' }],
  };
  const volume = { name: 'mesh', emptyDir: {} };
  return {
    patch: [
      add(`${path}/containers/0`, proxy),
      spec.volumes === undefined ? add(`${path}/volumes`, [volume]) : add(`${path}/volumes/-`, volume),
    ],
  };
};

/** As registries' mirrors do. */
const mirror: AdmissionHandler = ({ object }) => {
  const { path, spec } = podSpecOf(object);
  return {
    patch: spec.containers.flatMap(({ image }, index) =>
      image.startsWith('docker.io/')
        ? [
            {
              op: 'replace',
              path: `${path}/containers/${index}/image`,
              value: `mirror.example.com/${image.slice('docker.io/'.length)}`,
            },
          ]
        : [],
    ),
  };
};

const handlers = { defaulting, stamping, rewriting, sidecar, mirror };

/** Starts the webhooks that change what is applied, and registers them with a cluster, by hand. */
export async function startMutatingWebhooks(config: KubeConfig): Promise<WebhookServer> {
  const admission = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [`/${name}`, handler]),
  );
  const server = await startWebhookServer({ admission });
  const kube = createKubeClient(config, { userAgent: 'test' });
  try {
    const configurations = (await kube.resourceFor(
      'admissionregistration.k8s.io',
      'v1',
      'MutatingWebhookConfiguration',
    ))!;
    await kube.create(configurations, undefined, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'of-the-test' },
      webhooks: Object.keys(handlers).map((name) => ({
        name: `${name}.corpus.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: server.clientConfig(`/${name}`),
        objectSelector: { matchLabels: { [label]: name } },
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['configmaps'],
          },
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
      })),
    });
  } finally {
    await kube.close();
  }
  return server;
}

/** Writes a certificate authority into all webhooks that ask for one, as cert-manager's cainjector does. */
export async function injectCertificateAuthorities(config: KubeConfig, caBundle: string): Promise<number> {
  const kube = createKubeClient(config, { fieldManager: 'cainjector', userAgent: 'cainjector' });
  let injected = 0;
  try {
    for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
      const resource = (await kube.resourceFor('admissionregistration.k8s.io', 'v1', kind))!;
      for (const object of (await kube.list(resource)).items) {
        if (object.metadata.annotations?.['cert-manager.io/inject-ca-from'] === undefined) continue;
        await kube.replace(resource, { name: object.metadata.name }, withAuthority(object, caBundle));
        injected += 1;
      }
    }
  } finally {
    await kube.close();
  }
  return injected;
}

function withAuthority(object: KubeObject, caBundle: string): KubeObject {
  const { webhooks } = object as unknown as { webhooks: { clientConfig: object }[] };
  const injected = webhooks.map((webhook) => ({
    ...webhook,
    clientConfig: { ...webhook.clientConfig, caBundle },
  }));
  return { ...object, webhooks: injected };
}
