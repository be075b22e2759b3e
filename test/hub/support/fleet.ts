import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HubConfig, loadConfig, type RunningHub, startHub } from '@muster/hub';
import { TestRepo } from '@muster/testing';
import { pino } from 'pino';
import { FleetAgent } from './fleet-agent.ts';

/** A fleet repo and a hub in this process, on an embedded database of its own. */
export class TestFleet {
  readonly folder: string;
  readonly repo: TestRepo;
  readonly agents: FleetAgent[] = [];
  readonly log: string[] = [];
  hub!: RunningHub;
  now: () => number = Date.now;
  readonly #environment: Readonly<Record<string, string>>;
  #flags: readonly string[];
  #tokenFile: string | undefined;

  private constructor(
    folder: string,
    repo: TestRepo,
    flags: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.folder = folder;
    this.repo = repo;
    this.#flags = flags;
    this.#environment = environment;
  }

  /** `environment`: what the hub is told beside its flags. */
  static async start(
    files: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<TestFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'muster-fleet-'));
    const repo = await TestRepo.create(join(folder, 'repo'));
    await repo.commit(files, 'Start');
    const fleet = new TestFleet(folder, repo, flags, environment);
    await fleet.startHub();
    await fleet.look();
    return fleet;
  }

  async startHub(flags: readonly string[] = this.#flags): Promise<void> {
    this.#flags = flags;
    this.hub = await startHub({
      config: this.config(flags),
      logger: pino({ level: 'debug' }, { write: (line: string) => this.log.push(line) }),
      clock: () => this.now(),
      environment: {},
    });
  }

  /** Another hub on the same database and repo, with a data folder of its own. */
  async replica(): Promise<TestFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'muster-replica-'));
    const flags = ['--master-key-file', join(this.folder, 'data', 'master-key')];
    const other = new TestFleet(folder, this.repo, flags, this.#environment);
    other.#tokenFile = this.hub.adminTokenFile;
    await other.startHub();
    return other;
  }

  config(flags: readonly string[] = []): HubConfig {
    const own = [
      '--data',
      join(this.folder, 'data'),
      '--git-url',
      this.repo.path,
      '--git-poll-interval',
      '1h',
    ];
    const ports = ['--http-port', '0', '--session-port', '0', '--enrolment-port', '0'];
    const loaded = loadConfig([...own, ...ports, ...flags], {
      ...this.#environment,
      MUSTER_WEBHOOK_SECRET: webhookSecret,
    });
    if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded));
    return loaded.config;
  }

  /** Has the hub look at the repo; what was found is planned when it resolves. */
  async look(): Promise<void> {
    await this.hub.runtime.requestLook();
  }

  /** Commits and has it planned. */
  async commit(files: Readonly<Record<string, string | null>>, message?: string): Promise<string> {
    const sha = await this.repo.commit(files, message);
    await this.look();
    return sha;
  }

  /** Enrols and connects a cluster that isn't there. */
  async join(name: string, labels: Readonly<Record<string, string>> = {}): Promise<FleetAgent> {
    const { token } = await this.api<{ token: string }>('POST', 'join-tokens', { name, labels });
    const agent = await this.enrol(token);
    return agent.connect();
  }

  async enrol(
    joinToken: string,
    over: { name?: string; uid?: string; key?: string } = {},
  ): Promise<FleetAgent> {
    const enrolmentAddress = `127.0.0.1:${this.hub.ports.enrolment}`;
    const agent = await FleetAgent.enrol({ enrolmentAddress, joinToken, ...over });
    this.agents.push(agent);
    return agent;
  }

  async api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.raw(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  async raw(method: string, path: string, body?: unknown): Promise<Response> {
    const token = (await readFile(this.#tokenFile ?? this.hub.adminTokenFile, 'utf8')).trim();
    return fetch(`${this.hub.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Goes on with this token. */
  async useToken(token: string): Promise<void> {
    this.#tokenFile = join(this.folder, 'token');
    await writeFile(this.#tokenFile, token);
  }

  async list<Item>(list: string): Promise<Item[]> {
    return (await this.api<{ items: Item[] }>('GET', list)).items;
  }

  async stop(): Promise<void> {
    for (const agent of this.agents) agent.close();
    await this.hub.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const webhookSecret = randomBytes(16).toString('hex');

/** A bundle of one ConfigMap, for clusters with these labels. */
export function bundleFiles(
  name: string,
  matchLabels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> = { key: 'value' },
): Record<string, string> {
  return {
    [`${name}/muster.yaml`]: [
      'apiVersion: muster.dev/v1alpha1',
      'kind: Bundle',
      `metadata: {name: ${name}}`,
      'spec:',
      `  namespace: ${name}`,
      '  source: {manifests: {path: ./manifests}}',
      `  targets: [{clusterSelector: {matchLabels: ${JSON.stringify(matchLabels)}}}]`,
      '',
    ].join('\n'),
    [`${name}/manifests/config.yaml`]: configMap(name, data),
  };
}

export function configMap(name: string, data: Readonly<Record<string, string>>): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${JSON.stringify(data)}\n`;
}
