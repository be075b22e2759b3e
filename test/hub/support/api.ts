import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type ActionPorts,
  type ApiContext,
  ApiModule,
  ChangeFeed,
  ChangeWatch,
  createFleetActions,
  createHttpAdapter,
  HubMetrics,
  installHttpHooks,
} from '@muster/hub';
import { createApiToken } from '@muster/identity';
import { FleetQueries, HubRepository, nobodyHere, openStore, type Store } from '@muster/store';

export const leaseMs = 30_000;
export const fleet = '6d1f3a0e-8f5e-4f1f-9f38-0d5d0a4c9a01';
export const replica = '0b6a7c52-4b0c-4c39-8a54-8f2a8d1f0c11';

/** A store in a folder of its own. */
export async function openTestStore(): Promise<{ store: Store; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-api-'));
  const store = await openStore({ dataDir: folder });
  return {
    store,
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ApiUnderTest {
  readonly app: NestFastifyApplication;
  readonly store: Store;
  readonly changes: ChangeFeed;
  /** What the actions asked of the rest of the hub, in order. */
  readonly asked: string[];
  /** Of the admin. */
  readonly token: string;
  readonly routes: readonly { readonly method: string; readonly url: string }[];
  readonly logged: { readonly fields: object; readonly message: string }[];
  /** Clusters (ids) that have a session here. */
  readonly sessions: Set<string>;
  /** Over TCP; answers the URL. */
  listen(): Promise<string>;
  /** Looks once for what other replicas have changed. */
  look(): Promise<void>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `null` for none. */
  readonly token?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What was answered; the reader says of what type. */
  json<Body>(): Body;
}

/** The API over a real database, with everything else of the hub standing by. */
export async function startApi(): Promise<ApiUnderTest> {
  const { store, close } = await openTestStore();
  const hub = new HubRepository(store.sql);
  await hub.ensureHub(fleet);
  await hub.addReplica(replica, '0.1.0', true);
  const admin = createApiToken(randomBytes);
  await hub.setApiToken('admin', admin.tokenHash);
  const changes = new ChangeFeed();
  const asked: string[] = [];
  const logged: { fields: object; message: string }[] = [];
  const sessions = new Set<string>();
  const ports: ActionPorts = {
    wakePlanner: () => asked.push('plan'),
    lookAtRepo: async () => {
      asked.push('look');
      return 'a'.repeat(40);
    },
    requestSync: async (ids) => ids.filter((id) => sessions.has(id)),
    tellRemoved: () => asked.push('removed'),
    changed: (topics) => changes.changed(topics),
  };
  const log = {
    error: (fields: object, message: string) => logged.push({ fields, message }),
    warn: (fields: object, message: string) => logged.push({ fields, message }),
  };
  const context: ApiContext = {
    sql: store.sql,
    fleet,
    version: '0.1.0',
    leaseMs,
    liveness: nobodyHere,
    actions: createFleetActions({
      sql: store.sql,
      queries: new FleetQueries(store.sql, { leaseMs, liveness: nobodyHere }),
      ports,
      invitation: {
        authorityPin: createHash('sha256').update('ca').digest('base64url'),
        enrolmentAddress: '127.0.0.1:8444',
        randomBytes,
      },
    }),
    locate: async () => ({ where: 'nowhere' }),
    changes,
    metrics: new HubMetrics(),
    log,
  };
  const module = ApiModule.register({ inject: [], useFactory: () => context });
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(), {
    logger: false,
  });
  const routes: { method: string; url: string }[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push({ method: each, url });
    });
  installHttpHooks(app);
  const watch = new ChangeWatch({ ...context, feed: changes });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    store,
    changes,
    asked,
    token: admin.token,
    routes,
    logged,
    sessions,
    async listen() {
      if (!app.getHttpServer().listening) await app.listen(0, '127.0.0.1');
      return app.getUrl();
    },
    look: () => watch.look(),
    async call(method, path, { body, headers = {}, token = admin.token } = {}) {
      const answer = await app.inject({
        method: method as 'GET',
        url: path,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.body,
        json: <Body>() => answer.json<Body>(),
      };
    },
    async close() {
      await app.close();
      await close();
    },
  };
}
