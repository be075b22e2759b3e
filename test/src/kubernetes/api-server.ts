import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { ClusterCertificates } from './certificates.ts';
import { startComponent, type Component } from './component.ts';
import { programOf } from './programs.ts';
import { untilReady } from './readiness.ts';

export interface ApiServerOptions {
  readonly folder: string;
  readonly port: number;
  readonly etcdUrl: string;
  readonly etcdPrefix: string;
  readonly certificates: ClusterCertificates;
  /** The administrator's bearer token. */
  readonly token: string;
  /** Pods need a service account that a controller makes: without controllers nobody could make a pod. */
  readonly serviceAccountAdmission: boolean;
  readonly flags: readonly string[];
}

/** Starts an API server, and resolves when `/readyz` says that it is one. */
export async function startApiServer(options: ApiServerOptions): Promise<Component> {
  const { folder, port, certificates } = options;
  const at = (name: string): string => join(folder, name);
  await mkdir(at('certificates'), { recursive: true });
  const files: [name: string, content: string][] = [
    ['ca.crt', certificates.ca],
    ['server.crt', certificates.server.cert],
    ['server.key', certificates.server.key],
    ['service-account.key', certificates.serviceAccountKey],
    ['tokens.csv', `${options.token},test-admin,test-admin,"system:masters"\n`],
  ];
  await Promise.all(files.map(([name, content]) => writeFile(at(name), content, { mode: 0o600 })));
  const component = await startComponent(
    'kube-apiserver',
    await programOf('kube-apiserver'),
    [
      `--etcd-servers=${options.etcdUrl}`,
      `--etcd-prefix=${options.etcdPrefix}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${at('certificates')}`,
      `--tls-cert-file=${at('server.crt')}`,
      `--tls-private-key-file=${at('server.key')}`,
      `--client-ca-file=${at('ca.crt')}`,
      `--token-auth-file=${at('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${at('service-account.key')}`,
      `--service-account-signing-key-file=${at('service-account.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--endpoint-reconciler-type=none',
      '--profiling=false',
      ...(options.serviceAccountAdmission ? [] : ['--disable-admission-plugins=ServiceAccount']),
      ...options.flags,
    ],
    at('kube-apiserver.log'),
  );
  const agent = new Agent({ connect: { ca: certificates.ca } });
  try {
    const isReady = async (): Promise<boolean> => {
      const answer = await request(`https://127.0.0.1:${port}/readyz`, {
        dispatcher: agent,
        headers: { authorization: `Bearer ${options.token}` },
      });
      await answer.body.dump();
      return answer.statusCode === 200;
    };
    await untilReady(component, isReady, 120_000);
  } catch (error) {
    await component.kill();
    throw error;
  } finally {
    await agent.destroy();
  }
  return component;
}
