import type { KubeClient, KubeConfig } from '@muster/kube';
import type { Api } from './api.ts';

/** What the suite runs against: anything that calls itself a Kubernetes API server, with its controllers. */
export interface ConformanceServer {
  readonly config: KubeConfig;
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Makes it know only the present: no watch can begin at an earlier resourceVersion any more. */
  readonly forgetHistory: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a case gets; read inside of tests only, since it is there once the server has started. */
export interface Target {
  readonly server: ConformanceServer;
  /** Plain HTTP: what any client sees. */
  readonly api: Api;
  /** Muster's own client. */
  readonly client: KubeClient;
  /** Makes a namespace of its own for a test, and returns its name. */
  readonly namespace: () => Promise<string>;
}
