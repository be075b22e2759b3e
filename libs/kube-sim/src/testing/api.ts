import type { WebhookCaller } from '../admission/call.ts';
import { assembleCluster } from '../cluster/assemble.ts';
import { controllersOf } from '../controllers/all.ts';
import { FaultRules } from '../faults/faults.ts';
import { ApiServer } from '../http/api-server.ts';
import type { ApiResponse } from '../http/message.ts';
import type { JsonObject } from '../json/value.ts';
import { parseJson } from '../json/value.ts';
import type { Cluster } from '../operations/cluster.ts';
import { Store } from '../store/store.ts';
import { manualEnvironment, type ManualEnvironment } from './manual-environment.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** A watch as its client sees it. */
export interface OpenWatch {
  /** `ADDED one`, `BOOKMARK`, `ERROR 410`: in short. */
  readonly events: string[];
  /** How the server ended it; `undefined` while it is open. */
  ended: 'closed' | 'cut' | undefined;
}

export interface TestApi {
  readonly cluster: Cluster;
  readonly environment: ManualEnvironment;
  readonly faults: FaultRules;
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ) => Promise<Answer | 'disconnect'>;
  /** The server's answer as its carrier gets it. */
  readonly handle: (
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ) => Promise<ApiResponse | 'disconnect'>;
  /** `send` for requests that are answered. */
  readonly ask: (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;
  readonly apply: (path: string, body: JsonObject, manager?: string) => Promise<Answer>;
  readonly watch: (path: string) => Promise<OpenWatch>;
}

const shorten = (line: string): string => {
  if (!line.endsWith('\n')) return 'half a line';
  const { type, object } = parseJson(line) as unknown as {
    type: string;
    object: { code?: number; metadata: { name?: string } };
  };
  return [type, object.code ?? object.metadata.name].filter((part) => part !== undefined).join(' ');
};

/** A cluster with its API and controllers, in this process, on a clock of the test's. */
export const testApi = (call?: WebhookCaller): TestApi => {
  const environment = manualEnvironment();
  const cluster = assembleCluster(new Store(500), environment, call);
  const faults = new FaultRules();
  const watch = { bookmarkIntervalMs: 60_000, timeoutMs: 600_000 };
  const server = new ApiServer({ cluster, faults, watch, token: 'secret' });
  const controllers = controllersOf(cluster, { runWorkloads: true, podsReadyAfterMs: 1000 });
  cluster.store.onWrite((event) => controllers.forEach((controller) => controller.onWrite(event)));
  const handle = (method: string, url: string, body?: unknown, contentType = 'application/json') => {
    const [path = '', query = ''] = url.split('?');
    const headers = { authorization: 'Bearer secret', 'content-type': contentType, 'user-agent': 'test/1' };
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    return server.handle({ method, path, query: new URLSearchParams(query), headers, body: text });
  };
  const send: TestApi['send'] = async (method, path, body, contentType) => {
    const answer = await handle(method, path, body, contentType);
    if (answer === 'disconnect') return answer;
    if (answer.kind !== 'whole') throw new Error(`${method} ${path} was answered with a stream`);
    return { status: answer.status, headers: answer.headers, body: parseJson(answer.body) as JsonObject };
  };
  const ask: TestApi['ask'] = async (...request) => {
    const answer = await send(...request);
    if (answer === 'disconnect') throw new Error('the connection was cut');
    return answer;
  };
  return {
    cluster,
    environment,
    faults,
    handle,
    send,
    ask,
    apply: (path, body, manager = 'muster') =>
      ask('PATCH', `${path}?fieldManager=${manager}&force=true`, body, 'application/apply-patch+yaml'),
    watch: async (path) => {
      const answer = await handle('GET', path);
      if (answer === 'disconnect' || answer.kind !== 'stream') throw new Error(`${path} is no watch`);
      const open: OpenWatch = { events: [], ended: undefined };
      answer.start({
        write: (chunk) => void open.events.push(shorten(chunk)),
        end: () => (open.ended ??= 'closed'),
        abort: () => (open.ended ??= 'cut'),
      });
      return open;
    },
  };
};

export const configMapBody = (
  name: string,
  data: JsonObject = {},
  metadata: JsonObject = {},
): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

/** Makes the namespace `shop`, and says where its ConfigMaps are. */
export const shop = async (api: TestApi): Promise<string> => {
  await api.ask('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  return '/api/v1/namespaces/shop/configmaps';
};
