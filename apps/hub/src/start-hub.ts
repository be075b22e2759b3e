import 'reflect-metadata';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRenderer, type Renderer } from '@muster/render';
import type { Store } from '@muster/store';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter, installHttpHooks } from './api/index.ts';
import { announceLocally, ensureAdminToken } from './bootstrap/admin-token.ts';
import { bootstrapIdentity } from './bootstrap/identity.ts';
import { replicaAddress } from './bootstrap/replica-address.ts';
import { makeFolder } from './bootstrap/make-folder.ts';
import { openMasterKey } from './bootstrap/master-key.ts';
import { openHubStore } from './bootstrap/open-store.ts';
import { HubStartError, startError } from './bootstrap/start-error.ts';
import type { HubConfig } from './config/settings.ts';
import { mountWebhooks } from './git/webhook-route.ts';
import { HubModule } from './hub.module.ts';
import { closeAll } from './lifecycle/close-all.ts';
import { HubRuntime } from './lifecycle/hub-runtime.ts';
import { NestLogger } from './nest-logger.ts';
import type { Clock, Logger } from './tokens.ts';

const requestPatienceMs = 5_000;

export interface RunningHub {
  /** Of the HTTP API. */
  readonly url: string;
  readonly ports: { readonly http: number; readonly sessions: number; readonly enrolment: number };
  readonly adminTokenFile: string;
  readonly runtime: HubRuntime;
  /** Resolves with a sentence if the hub lost what it can't live without. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

export interface StartHubOptions {
  readonly config: HubConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whether a CLI on this machine shall find the hub by itself. */
  readonly announceLocally?: boolean;
}

/** Starts the whole hub. Rejects with `HubStartError` for what is to be expected: a port in use, no rights, … */
export async function startHub(options: StartHubOptions): Promise<RunningHub> {
  const opened: (() => Promise<void>)[] = [];
  const close = () => closeAll(opened.splice(0).reverse());
  try {
    return await start(options, opened, close);
  } catch (error) {
    // Why the hub did not start matters more than what could not be closed then.
    await close().catch((failure: unknown) =>
      options.logger.error({ err: failure }, 'what had started could not be stopped'),
    );
    throw startError(error);
  }
}

async function start(
  options: StartHubOptions,
  opened: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<RunningHub> {
  const { config, logger, clock = Date.now, environment = process.env } = options;
  await ensureDataFolder(config.data);
  const masterKey = await openMasterKey(config, environment);
  const [store, renderer] = await openBoth(config, opened);
  const identity = await bootstrapIdentity(store.sql, masterKey.key, clock()).catch(masterKey.failed);
  const admin = await ensureAdminToken(store.sql, config.data, config['database-url'] === undefined);

  const module = HubModule.on({ config, logger, clock, store, identity, renderer });
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  opened.push(() => closeHttp(app));
  installHttpHooks(app);
  mountWebhooks(app);
  const runtime = app.get(HubRuntime);
  opened.push(() => runtime.stop());
  await runtime.start();
  await app.listen(config['http-port'], config['listen-host']);
  const url = localUrl(await app.getUrl());
  await runtime.reachableAt(config['replica-address'] ?? replicaAddress(await app.getUrl()));
  const tokenFile = admin.file;
  logger.info(
    { url, tokenFile },
    admin.state === 'made' ? `the first admin token is in ${tokenFile}` : 'the hub is ready',
  );
  if (options.announceLocally === true && admin.state !== 'elsewhere') {
    await announceLocally({ url, tokenFile }, environment).catch((error: unknown) =>
      logger.warn({ err: error }, 'a CLI on this machine has to be told where the hub is: muster login'),
    );
  }
  const { sessionsPort: sessions, enrolmentPort: enrolment } = runtime.server;
  return {
    url,
    ports: { http: Number(new URL(url).port || 80), sessions, enrolment },
    adminTokenFile: tokenFile,
    runtime,
    lost: store.lost,
    close,
  };
}

/** Lets requests come to their end, but for those that send or read too slowly. */
async function closeHttp(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const late = setTimeout(() => server.closeAllConnections(), requestPatienceMs);
  await app.close().finally(() => clearTimeout(late));
}

async function ensureDataFolder(data: string): Promise<void> {
  try {
    await makeFolder(data, process.getuid?.() === 0 ? 0o711 : 0o700);
    await access(data, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new HubStartError(
      `the data folder ${data} can't be written (${(cause as Error).message}): choose another with --data`,
      {
        cause,
      },
    );
  }
}

/** The two slow ones, side by side; when one fails the other is closed all the same. */
async function openBoth(config: HubConfig, opened: (() => Promise<void>)[]): Promise<[Store, Renderer]> {
  const [store, renderer] = await Promise.allSettled([
    openHubStore(config),
    createRenderer({ workers: config['render-workers'] }),
  ]);
  if (store.status === 'fulfilled') opened.push(() => store.value.close());
  if (renderer.status === 'fulfilled') opened.push(() => renderer.value.close());
  if (store.status === 'rejected') throw store.reason;
  if (renderer.status === 'rejected') throw renderer.reason;
  return [store.value, renderer.value];
}

function localUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
