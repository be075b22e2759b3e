import { mkdir } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createKubeClient, type KubeConfig } from '@muster/kube';
import { startApiServer, type ApiServerOptions } from './api-server.ts';
import { clusterCertificates } from './certificates.ts';
import type { Component } from './component.ts';
import { startControllerManager, startKwok, startScheduler } from './controllers.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';
import { freePorts } from './ports.ts';
import { ComponentFailedError } from './readiness.ts';

export interface ClusterOptions {
  readonly name?: string;
  /** Namespaces are finalised, Deployments get ReplicaSets, service accounts exist: what a person calls a cluster. */
  readonly controllerManager?: boolean;
  readonly scheduler?: boolean;
  /** KWOK plays the kubelet of one fake node; with the other two a Deployment's pods become ready. */
  readonly kwok?: boolean;
  /** Further flags of the API server. */
  readonly apiServerFlags?: readonly string[];
}

/** A real, small cluster on the loopback. */
export interface TestCluster {
  readonly name: string;
  readonly url: string;
  /** The path of the administrator's kubeconfig, with a bearer token. */
  readonly kubeconfig: string;
  /** The path of another one, with a client certificate. */
  readonly certificateKubeconfig: string;
  /** The same as the first, for a client in this process. */
  readonly config: KubeConfig;
  /** Logs and certificates. */
  readonly folder: string;
  readonly apiServer: {
    readonly pid: () => number;
    /** SIGKILL; its port and its data stay. */
    readonly kill: () => Promise<void>;
    /** Starts it again on the same port, and resolves when it is ready. */
    readonly start: () => Promise<void>;
    readonly restart: () => Promise<void>;
  };
  readonly stop: () => Promise<void>;
}

const PORT_ATTEMPTS = 3;

/** Starts a cluster on an etcd that others may share; `folder` is its own. */
export async function startClusterOn(
  etcdUrl: string,
  folder: string,
  name: string,
  options: ClusterOptions,
): Promise<TestCluster> {
  await mkdir(folder, { recursive: true });
  const certificates = await clusterCertificates();
  const token = randomBytes(16).toString('hex');
  const settings: Omit<ApiServerOptions, 'port'> = {
    folder,
    etcdUrl,
    etcdPrefix: `/${name}`,
    certificates,
    token,
    serviceAccountAdmission: options.controllerManager === true,
    flags: options.apiServerFlags ?? [],
  };
  const first = await startOnFreePort(settings);
  let apiServer = first.component;
  const url = `https://127.0.0.1:${first.port}`;
  const kubeconfig = join(folder, 'kubeconfig');
  const certificateKubeconfig = join(folder, 'kubeconfig-certificate');
  const shared = { name, server: url, ca: certificates.ca };
  await writeKubeconfig({ ...shared, path: kubeconfig, user: { token } });
  await writeKubeconfig({ ...shared, path: certificateKubeconfig, user: certificates.admin });
  const config: KubeConfig = { server: url, tls: { ca: certificates.ca }, token };

  const others: Component[] = [];
  if (options.controllerManager === true) others.push(await startControllerManager(folder, kubeconfig));
  if (options.scheduler === true) others.push(await startScheduler(folder, kubeconfig));
  if (options.kwok === true) {
    others.push(await startKwok(folder, kubeconfig));
    await makeNode(config);
  }

  const kill = (): Promise<void> => apiServer.kill();
  const start = async (): Promise<void> => {
    if (!apiServer.running()) apiServer = await startApiServer({ ...settings, port: first.port });
  };
  return {
    name,
    url,
    kubeconfig,
    certificateKubeconfig,
    config,
    folder,
    apiServer: {
      pid: () => apiServer.pid,
      kill,
      start,
      restart: async () => {
        await kill();
        await start();
      },
    },
    stop: async () => {
      await Promise.all([...others.map((component) => component.kill()), kill()]);
    },
  };
}

async function startOnFreePort(
  settings: Omit<ApiServerOptions, 'port'>,
): Promise<{ readonly component: Component; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const [port] = await freePorts(1);
    try {
      return { component: await startApiServer({ ...settings, port: port! }), port: port! };
    } catch (error) {
      const again = error instanceof ComponentFailedError && error.portTaken && attempt < PORT_ATTEMPTS;
      if (!again) throw error;
    }
  }
}

/** One node with room for every pod of a test; KWOK makes it ready. */
async function makeNode(config: KubeConfig): Promise<void> {
  const client = createKubeClient(config);
  try {
    const nodes = await client.resourceFor('', 'v1', 'Node');
    await client.create(nodes!, undefined, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'fake-node', labels: { 'kubernetes.io/hostname': 'fake-node' } },
    });
  } finally {
    await client.close();
  }
}
