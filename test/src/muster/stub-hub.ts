import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type AssignmentStatus, DesiredState, type Report } from '@muster/contracts';
import {
  authorityPin,
  CertificateAuthority,
  certificateDer,
  createAuthority,
  createJoinToken,
  renewAfter,
  verifyCsr,
} from '@muster/identity';
import { digestOf, encodeManifest, encodePolicy, features } from '@muster/manifest';
import {
  type AgentHandlers,
  type AgentServer,
  type DesiredStateBytes,
  type HubSession,
  startAgentServer,
} from '@muster/transport';

export interface StubBundle {
  readonly name: string;
  readonly namespace?: string;
  /** Canonical bytes of each object. */
  readonly objects: readonly Uint8Array[];
}

/**
 * A hub for one cluster that announces what a test tells it to, over the real protocol and with real certificates.
 * For measurements and tests of the agent alone.
 */
export class StubHub {
  readonly fleet = randomUUID();
  readonly clusterId = randomUUID();
  private readonly blobs = new Map<string, Uint8Array>();
  private readonly statuses = new Map<string, AssignmentStatus>();
  /** Of the newest session, in the order in which they came. */
  reports: Report[] = [];
  private readonly waiting = new Set<() => void>();
  private generation = 0n;
  private sessions = 0n;
  private session: HubSession | undefined;
  private current: DesiredStateBytes | undefined;
  private server!: AgentServer;
  private authority!: CertificateAuthority;
  joinToken = '';

  static async start(): Promise<StubHub> {
    const hub = new StubHub();
    const now = Date.now();
    hub.authority = await CertificateAuthority.open(await createAuthority(now));
    const certificate = await hub.authority.issueServerCertificate(now);
    hub.joinToken = createJoinToken(authorityPin(hub.authority.certificatePem), (size) =>
      randomBytes(size),
    ).token;
    hub.server = await startAgentServer({
      sessions: { host: '127.0.0.1', port: 0 },
      enrolment: { host: '127.0.0.1', port: 0 },
      tls: {
        key: certificate.keyPem,
        certificateChain: certificate.certificatePem + hub.authority.certificatePem,
        clientCas: hub.authority.certificatePem,
      },
      handlers: hub.handlers(),
      blobs: { load: (digests) => hub.load(digests) },
      hubVersion: 'stub',
    });
    return hub;
  }

  get enrolmentAddress(): string {
    return `127.0.0.1:${this.server.enrolmentPort}`;
  }

  get sessionAddress(): string {
    return `127.0.0.1:${this.server.sessionsPort}`;
  }

  /** Announces the next generation; resolves when it was handed to the session. */
  announce(bundles: readonly StubBundle[], options: { readonly consents?: readonly string[] } = {}): void {
    this.generation += 1n;
    const version = { epoch: 1n, generation: this.generation };
    const state = DesiredState.fromPartial({
      version,
      assignments: [...bundles]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((bundle) => this.assignment(bundle)),
      deletionConsents: (options.consents ?? []).map((bundle) => ({ bundle })),
      deletionGuard: { maxPercent: 30, maxObjects: 10 },
    });
    const bytes = DesiredState.encode(state).finish();
    this.current = { version, bytes, digest: createHash('sha256').update(bytes).digest() };
    this.session?.announce(this.current);
  }

  /** Resolves when a bundle's newest status, of the newest generation, is so. */
  async status(bundle: string, isWanted: (status: AssignmentStatus) => boolean): Promise<AssignmentStatus> {
    for (;;) {
      const status = this.statuses.get(bundle);
      if (status !== undefined && status.version?.generation === this.generation && isWanted(status))
        return status;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  async connected(): Promise<void> {
    while (this.session === undefined || this.session.ended) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** Asks the agent to look at everything anew, as `muster sync` does; resolves when it has. */
  async sync(): Promise<void> {
    await this.connected();
    for await (const answer of this.session!.request({ $case: 'syncNow', value: { bundle: '' } })) {
      throw new Error(`a sync was answered with ${answer.length} bytes instead of none`);
    }
  }

  close(): Promise<void> {
    return this.server.close({ graceMs: 200, reconnectAfterMs: 1000 });
  }

  private assignment(bundle: StubBundle): DesiredState['assignments'][number] {
    const digests = bundle.objects.map((bytes) => this.keep(bytes));
    return {
      bundle: bundle.name,
      manifestDigest: this.keep(encodeManifest(digests)),
      policy: Buffer.from(
        encodePolicy(bundle.namespace === undefined ? {} : { namespace: bundle.namespace }),
      ),
      revision: '0'.repeat(40),
      requiredFeatures: [features.manifests],
      paused: false,
    };
  }

  private keep(bytes: Uint8Array): `sha256:${string}` {
    const digest = digestOf(bytes, (data) => createHash('sha256').update(data).digest('hex'));
    this.blobs.set(digest, bytes);
    return digest;
  }

  private async *load(digests: readonly string[]): AsyncIterable<{ digest: string; data: Uint8Array }> {
    for (const digest of digests) yield { digest, data: this.blobs.get(digest)! };
  }

  private handlers(): AgentHandlers {
    return {
      enrol: async ({ csr }) => {
        const verdict = await verifyCsr(csr);
        if (!verdict.ok) return { outcome: 'refused', reason: 'invalid-request', message: verdict.problem };
        const now = Date.now();
        const issued = await this.authority.issueClientCertificate({
          publicKey: verdict.publicKey,
          clusterId: this.clusterId,
          clusterName: 'stub',
          now,
        });
        const validity = { notBefore: now, notAfter: now + 24 * 3_600_000 };
        return {
          outcome: 'enrolled',
          certificate: {
            certificate: certificateDer(issued.certificatePem),
            caBundle: [certificateDer(this.authority.certificatePem)],
            notAfter: validity.notAfter,
            renewAfter: renewAfter(validity),
            sessionAddress: `127.0.0.1:${this.server.sessionsPort}`,
          },
          clusterName: 'stub',
          fleet: this.fleet,
        };
      },
      renew: () => Promise.reject(new Error('certificates of a stub outlive it')),
      certificateExpiry: () => Promise.resolve(Number.MAX_SAFE_INTEGER),
      connect: () => {
        this.sessions += 1n;
        return Promise.resolve({
          decision: 'accept',
          welcome: { session: this.sessions, fleet: this.fleet, clusterName: 'stub' },
          open: (session) => {
            this.session = session;
            this.reports = [];
            if (this.current !== undefined) session.announce(this.current);
            this.wake();
            return {
              onReport: (report) => {
                this.reports.push(report);
                for (const status of report.assignments) this.statuses.set(status.bundle, status);
                session.acknowledge(report.sequence);
                this.wake();
              },
              onFacts: () => undefined,
              firstForbidden: (digests) => Promise.resolve(digests.find((digest) => !this.blobs.has(digest))),
              onEnd: () => undefined,
            };
          },
        });
      },
    };
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
