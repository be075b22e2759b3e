import { randomBytes } from 'node:crypto';
import { controllersOf } from '../controllers/all.ts';
import { FaultRules, type Faults } from '../faults/faults.ts';
import { ApiServer } from '../http/api-server.ts';
import type { Cluster } from '../operations/cluster.ts';
import { create } from '../operations/create.ts';
import { listen } from '../serve/http-carrier.ts';
import { processIdentity } from '../serve/tls-identity.ts';
import { readSnapshot, writeSnapshot } from '../snapshot/snapshot-file.ts';
import { SnapshotKeeper } from '../snapshot/snapshot-keeper.ts';
import { Store } from '../store/store.ts';
import { assembleCluster } from './assemble.ts';
import { realEnvironment } from './environment.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { ObjectAccess, type SimulatedObjects } from './objects.ts';
import type { SimulatedClusterOptions } from './options.ts';

/** A cluster that exists in this process only, and whose API server answers on loopback. */
export interface SimulatedCluster {
  readonly name: string;
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** The bearer token that requests need. */
  readonly token: string;
  /** PEM: what signs the server's certificate. */
  readonly certificateAuthority: string;
  /** YAML for `kubectl --kubeconfig` and for the agent. */
  readonly kubeconfig: string;
  readonly faults: Faults;
  readonly objects: SimulatedObjects;
  /** Forgets the events so far: a watch that wants to resume from before is told 410. */
  compactHistory(): void;
  /** Writes the snapshot, ends watches and connections. May be called twice. */
  stop(): Promise<void>;
}

/** Names in the order in which the real server makes them. */
const firstNamespaces = ['kube-system', 'kube-public', 'default', 'kube-node-lease'];

const makeNamespaces = (cluster: Cluster, clusterUid: string | undefined): void => {
  const resource = cluster.registry.ofStorage('/namespaces');
  if (resource === undefined) throw new Error('the table of Kubernetes resources lacks namespaces');
  for (const name of firstNamespaces) {
    if (cluster.store.get('/namespaces', name) !== undefined) continue;
    const ids = name === 'kube-system' && clusterUid !== undefined ? { newId: () => clusterUid } : {};
    const inCluster = { ...cluster, environment: { ...cluster.environment, ...ids } };
    create(
      inCluster,
      resource,
      undefined,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      {
        manager: 'kube-apiserver',
        subresource: '',
        dryRun: false,
        validation: 'Strict',
        warnings: [],
      },
    );
  }
};

const startControllers = (
  cluster: Cluster,
  { podsReadyAfterMs = 200, runWorkloads = true }: SimulatedClusterOptions,
): (() => void) => {
  const controllers = controllersOf(cluster, { podsReadyAfterMs, runWorkloads });
  for (const controller of controllers) controller.start();
  const stopListening = cluster.store.onWrite((event) => {
    for (const controller of controllers) controller.onWrite(event);
  });
  return () => {
    stopListening();
    for (const controller of controllers) controller.stop();
  };
};

const snapshotDelayMs = 500;

const printSnapshotError = (error: unknown): void => {
  process.stderr.write(`the simulated cluster's snapshot can't be written: ${String(error)}\n`);
};

/** Starts a cluster; with a snapshot, as it was. Rejects if the port is taken or the snapshot is damaged. */
export const startSimulatedCluster = async (
  options: SimulatedClusterOptions = {},
): Promise<SimulatedCluster> => {
  const { name = 'kube-sim', snapshotFile, environment = realEnvironment } = options;
  const snapshot = snapshotFile === undefined ? undefined : await readSnapshot(snapshotFile);
  const token = snapshot?.token ?? randomBytes(16).toString('hex');
  const store = new Store(options.historyLimit ?? 500, snapshot?.store);
  const cluster = assembleCluster(store, environment);
  const faults = new FaultRules();
  const watch = { bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000, timeoutMs: 30 * 60_000 };
  const identity = snapshot?.identity ?? (await processIdentity(environment.now()));
  const carrier = await listen(new ApiServer({ cluster, faults, watch, token }), {
    identity,
    port: options.port ?? 0,
    preferredPort: snapshot?.port,
  });
  makeNamespaces(cluster, options.clusterUid);
  const stopControllers = startControllers(cluster, options);
  const keeper =
    snapshotFile === undefined
      ? undefined
      : new SnapshotKeeper(
          environment,
          snapshotDelayMs,
          () => writeSnapshot(snapshotFile, { token, identity, port: carrier.port, store: store.content() }),
          options.onSnapshotError ?? printSnapshotError,
        );
  const stopKeeping = keeper === undefined ? undefined : store.onWrite(() => keeper.changed());
  keeper?.changed();
  const url = `https://127.0.0.1:${carrier.port}`;
  const stop = async (): Promise<void> => {
    stopControllers();
    await carrier.close();
    stopKeeping?.();
    await keeper?.stop();
  };
  let stopping: Promise<void> | undefined;
  return {
    name,
    url,
    token,
    certificateAuthority: identity.certificate,
    kubeconfig: kubeconfigOf(name, url, token, identity.certificate),
    faults,
    objects: new ObjectAccess(cluster),
    compactHistory: () => store.log.compact(store.revision),
    stop: () => (stopping ??= stop()),
  };
};
