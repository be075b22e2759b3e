import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, request } from 'node:https';
import type { Server } from 'node:https';
import { once } from 'node:events';
import { clusterCertificates } from '../src/kubernetes/certificates.ts';
import type { TestCluster } from '../src/index.ts';
import { eventually } from './agent-process.ts';

const core = (kind: string, plural: string, namespaced: boolean): Resource => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced,
  verbs: [],
});
const pods = core('Pod', 'pods', true);
const nodes = core('Node', 'nodes', false);
export const jobs: Resource = { ...core('Job', 'jobs', true), group: 'batch' };

/** The name of the played node: templates name it, since no scheduler is there. */
export const playedNode = 'played';

/** A Job whose Pods run on the played node until a test ends them. */
export function job(name: string, annotations: Readonly<Record<string, string>>, spec: object = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations },
    spec: {
      backoffLimit: 0,
      ...spec,
      template: {
        spec: {
          nodeName: playedNode,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: 'example.com/tool:1' }],
        },
      },
    },
  };
}

/**
 * Plays the kubelet of one node, where tests must say themselves when a container ends, how, and what it wrote:
 * KWOK's stages neither wait for a test nor write logs. The API server asks it for logs as it would ask any kubelet.
 */
export class PlayedKubelet {
  readonly #cluster: TestCluster;
  readonly #kube: KubeClient;
  readonly #server: Server;
  readonly #logs = new Map<string, string>();
  /** Who follows, by Pod. */
  readonly #followers = new Map<string, Set<ServerResponse>>();

  private constructor(cluster: TestCluster, kube: KubeClient, server: Server) {
    this.#cluster = cluster;
    this.#kube = kube;
    this.#server = server;
  }

  static async on(cluster: TestCluster, kube: KubeClient): Promise<PlayedKubelet> {
    const { server: pair } = await clusterCertificates();
    const server = createServer(pair);
    const kubelet = new PlayedKubelet(cluster, kube, server);
    server.on('request', (asked, answer) => {
      // /containerLogs/<namespace>/<pod>/<container>
      const { pathname, searchParams } = new URL(asked.url ?? '', 'https://played');
      const [, , , pod = ''] = pathname.split('/');
      answer.writeHead(200, { 'content-type': 'text/plain' });
      answer.write(
        lastLines(kubelet.#logs.get(pod) ?? '', Number(searchParams.get('tailLines') ?? Infinity)),
      );
      if (searchParams.get('follow') === 'true') kubelet.#follow(pod, answer);
      else answer.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await kube.create(nodes, undefined, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: playedNode },
    });
    const { port } = server.address() as AddressInfo;
    await kubelet.patchStatus(`/api/v1/nodes/${playedNode}/status`, {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    });
    return kubelet;
  }

  /** Waits for the Pod of a Job, and ends it. */
  async end(namespace: string, jobName: string, how: 'Succeeded' | 'Failed', log = ''): Promise<void> {
    const pod = await this.podOf(namespace, jobName);
    this.#logs.set(pod.metadata.name, log);
    const time = new Date().toISOString().replace(/\.\d+Z/, 'Z');
    const exitCode = how === 'Succeeded' ? 0 : 1;
    const reason = how === 'Succeeded' ? 'Completed' : 'Error';
    await this.patchStatus(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`, {
      phase: how,
      containerStatuses: [
        {
          name: 'main',
          image: 'example.com/tool:1',
          imageID: 'sha256:0',
          containerID: 'played://1',
          ready: false,
          started: false,
          restartCount: 0,
          state: {
            terminated: { exitCode, reason, startedAt: time, finishedAt: time, containerID: 'played://1' },
          },
        },
      ],
    });
  }

  /** A Pod's status, as its kubelet would tell it. */
  async tell(namespace: string, pod: string, status: object): Promise<void> {
    await this.patchStatus(`/api/v1/namespaces/${namespace}/pods/${pod}/status`, status);
  }

  /** Text that the containers of a Pod write, also to those who follow. */
  write(pod: string, text: string): void {
    this.#logs.set(pod, (this.#logs.get(pod) ?? '') + text);
    for (const follower of this.#followers.get(pod) ?? []) follower.write(text);
  }

  /** How many follow the log of a Pod. */
  followers(pod: string): number {
    return this.#followers.get(pod)?.size ?? 0;
  }

  #follow(pod: string, answer: ServerResponse): void {
    const followers = this.#followers.get(pod) ?? new Set();
    this.#followers.set(pod, followers.add(answer));
    answer.on('close', () => followers.delete(answer));
  }

  /** The Pod of a Job that runs. */
  async podOf(namespace: string, jobName: string): Promise<KubeObject> {
    const found = await eventually(
      async () => {
        const labelSelector = `job-name=${jobName}`;
        const { items } = await this.#kube
          .list(pods, { namespace, labelSelector })
          .catch(() => ({ items: [] }));
        return items.find((pod) => !isOver(pod) && pod.metadata.deletionTimestamp === undefined);
      },
      (pod) => pod !== undefined,
    );
    return found!;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Patches the status of any object; `path` is that of its subresource. */
  async patchStatus(path: string, status: object): Promise<void> {
    const { url, config } = this.#cluster;
    const sent = request(`${url}${path}`, {
      method: 'PATCH',
      ca: (config as { tls: { ca: string } }).tls.ca,
      headers: {
        authorization: `Bearer ${(config as { token: string }).token}`,
        'content-type': 'application/merge-patch+json',
      },
    });
    sent.end(JSON.stringify({ status }));
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  }
}

function lastLines(text: string, count: number): string {
  const lines = text.split(/(?<=\n)/);
  return lines.slice(Math.max(0, lines.length - count)).join('');
}

function isOver(pod: KubeObject): boolean {
  const phase = (pod['status'] as { phase?: string } | undefined)?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}
