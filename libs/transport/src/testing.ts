import { createHash, randomBytes } from 'node:crypto';
import { AssignmentStatus, Hello } from '@muster/contracts';
import type { Facts, Report } from '@muster/contracts';
import { CertificateAuthority, createAuthority, createCsr, generateKey, verifyCsr } from '@muster/identity';
import type { AgentIdentity, AgentLink, Disconnected, LinkOptions } from './agent-port.ts';
import { connectSession } from './agent/link.ts';
import { startAgentServer } from './hub/agent-server.ts';
import type {
  AgentHandlers,
  AgentServer,
  AgentServerOptions,
  ConnectDecision,
  DesiredStateBytes,
  HubSession,
  ServerTls,
  SessionEnd,
  TransportProblem,
} from './port.ts';

/** For specs: both ends of the protocol, on loopback. */

export const CLUSTER_A = 'aaaaaaaa-0000-4000-8000-000000000001';
export const CLUSTER_B = 'bbbbbbbb-0000-4000-8000-000000000002';
const HOUR = 3_600_000;

export async function testAuthority(): Promise<CertificateAuthority> {
  return CertificateAuthority.open(await createAuthority(Date.now()));
}

export async function testTls(ca: CertificateAuthority): Promise<ServerTls> {
  const server = await ca.issueServerCertificate(Date.now());
  return {
    key: server.keyPem,
    certificateChain: server.certificatePem + ca.certificatePem,
    clientCas: ca.certificatePem,
  };
}

export interface TestCertificate {
  readonly key?: string;
  readonly issuedAt?: number;
  readonly lifeMs?: number;
}

export async function testIdentity(
  ca: CertificateAuthority,
  clusterId: string,
  { key = generateKey(), issuedAt = Date.now(), lifeMs = HOUR }: TestCertificate = {},
): Promise<AgentIdentity> {
  const csr = await verifyCsr(createCsr(key));
  if (!csr.ok) throw new Error(csr.problem);
  const { publicKey } = csr;
  const issued = await ca.issueClientCertificate({
    publicKey,
    clusterId,
    clusterName: 'edge-1',
    now: issuedAt,
    lifeMs,
  });
  return { key, certificate: issued.certificatePem, authorities: ca.certificatePem };
}

export function sha256Digest(data: Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

export function testState(generation: bigint, bytes: Uint8Array = randomBytes(64)): DesiredStateBytes {
  return { version: { epoch: 1n, generation }, bytes, digest: createHash('sha256').update(bytes).digest() };
}

export function testStatus(bundle: string, reason = 'Applied'): AssignmentStatus {
  return AssignmentStatus.fromPartial({ bundle, reason });
}

export function testHello(): Hello {
  return Hello.fromPartial({
    agentVersion: 'spec',
    features: ['manifests/v1'],
    clusterUid: 'uid',
    instance: 'i',
  });
}

/** Things that happen, in order, and may be awaited: what a spec waits for instead of sleeping. */
export class Happenings<T> {
  readonly all: T[] = [];
  #waiting: { readonly is: (value: T) => boolean; readonly resolve: (value: T) => void }[] = [];

  add(value: T): void {
    this.all.push(value);
    const ready = this.#waiting.filter(({ is }) => is(value));
    this.#waiting = this.#waiting.filter((waiting) => !ready.includes(waiting));
    for (const { resolve } of ready) resolve(value);
  }

  /** The first that is so, past or to come. */
  first(is: (value: T) => boolean = () => true): Promise<T> {
    const past = this.all.find(is);
    if (past !== undefined) return Promise.resolve(past);
    return this.next(is);
  }

  /** The next to come that is so. */
  next(is: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve) => this.#waiting.push({ is, resolve }));
  }
}

/** A hub that remembers what it was told and acknowledges nothing by itself. */
export class TestHub {
  readonly opened = new Happenings<HubSession>();
  readonly reports = new Happenings<{ readonly session: bigint; readonly report: Report }>();
  readonly facts = new Happenings<Facts>();
  readonly ends = new Happenings<SessionEnd & { readonly session: bigint }>();
  readonly problems = new Happenings<TransportProblem>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly loads: string[][] = [];
  readonly ca: CertificateAuthority;
  server!: AgentServer;
  /** What `connect` decides instead of accepting. */
  decision: ConnectDecision | undefined;
  /** How long `connect` takes to decide. */
  deciding: () => Promise<void> = () => Promise.resolve();
  onEnrol: AgentHandlers['enrol'] = () => Promise.reject(new Error('this hub enrols nobody'));
  onRenew: AgentHandlers['renew'] = () => Promise.reject(new Error('this hub renews nothing'));
  certificateExpiry: number | undefined;
  onReport: (report: Report) => void | Promise<void> = () => undefined;
  #sessions = 0n;

  constructor(ca: CertificateAuthority) {
    this.ca = ca;
  }

  get address(): string {
    return `127.0.0.1:${this.server.sessionsPort}`;
  }

  get enrolmentAddress(): string {
    return `127.0.0.1:${this.server.enrolmentPort}`;
  }

  addBlob(data: Uint8Array, digest = sha256Digest(data)): string {
    this.blobs.set(digest, data);
    return digest;
  }

  handlers(): AgentHandlers {
    return {
      enrol: (attempt) => this.onEnrol(attempt),
      renew: (attempt) => this.onRenew(attempt),
      certificateExpiry: () => Promise.resolve(this.certificateExpiry),
      onProblem: (problem) => this.problems.add(problem),
      connect: async () => {
        await this.deciding();
        return this.decision ?? this.#accept();
      },
    };
  }

  async *load(digests: readonly string[]) {
    this.loads.push([...digests]);
    await Promise.resolve();
    for (const digest of digests) {
      const data = this.blobs.get(digest);
      if (data === undefined) throw new Error(`no such object: ${digest}`);
      yield { digest, data };
    }
  }

  #accept(): ConnectDecision {
    const number = ++this.#sessions;
    return {
      decision: 'accept',
      welcome: { session: number, fleet: 'fleet', clusterName: 'edge-1' },
      open: (session) => {
        this.opened.add(session);
        return {
          onReport: (report) => {
            this.reports.add({ session: number, report });
            return this.onReport(report);
          },
          onFacts: (facts) => this.facts.add(facts),
          firstForbidden: (digests) => Promise.resolve(digests.find((digest) => !this.blobs.has(digest))),
          onEnd: (end) => this.ends.add({ ...end, session: number }),
        };
      },
    };
  }
}

export async function startTestHub(
  options: Partial<AgentServerOptions> & {
    readonly ca?: CertificateAuthority;
    readonly tls?: ServerTls;
  } = {},
): Promise<TestHub> {
  const ca = options.ca ?? (await testAuthority());
  const hub = new TestHub(ca);
  const anyPort = { host: '127.0.0.1', port: 0 };
  hub.server = await startAgentServer({
    sessions: anyPort,
    enrolment: anyPort,
    tls: options.tls ?? (await testTls(ca)),
    handlers: hub.handlers(),
    blobs: { load: (digests) => hub.load(digests) },
    hubVersion: 'spec',
    ...options,
  });
  return hub;
}

/** An agent that remembers what it was told. */
export interface TestAgent {
  readonly link: AgentLink;
  readonly states: Happenings<DesiredStateBytes>;
  readonly connections: Happenings<bigint>;
  readonly disconnections: Happenings<Disconnected>;
  readonly removals: Happenings<string>;
}

export function startTestAgent(
  address: () => string,
  identity: () => AgentIdentity,
  options: Partial<LinkOptions> & Partial<LinkOptions['handlers']> = {},
): TestAgent {
  const states = new Happenings<DesiredStateBytes>();
  const connections = new Happenings<bigint>();
  const disconnections = new Happenings<Disconnected>();
  const removals = new Happenings<string>();
  const link = connectSession({
    address,
    identity,
    hello: testHello,
    random: () => 0,
    ...options,
    handlers: {
      onDesiredState: (state) => states.add(state),
      onRequest: options.onRequest ?? (() => undefined),
      onRemoved: (reason) => removals.add(reason),
      onConnected: (welcome) => connections.add(welcome.session),
      onDisconnected: (lost) => disconnections.add(lost),
    },
  });
  return { link, states, connections, disconnections, removals };
}
