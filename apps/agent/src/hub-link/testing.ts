import { createHash, randomBytes } from 'node:crypto';
import {
  CertificateAuthority,
  createAuthority,
  createJoinToken,
  verifyCsr,
  verifyRenewal,
} from '@muster/identity';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, ObjectKey, Resource } from '@muster/kube';
import { startAgentServer } from '@muster/transport';
import type { AgentServer, DesiredStateBytes, HubSession, IssuedToAgent } from '@muster/transport';
import type { AssignmentStatus as ReportedStatus, Report } from '@muster/contracts';
import { DesiredState } from '@muster/contracts';
import type { Finding, Inspection } from '../inspect/model.ts';
import type { AgentCore, ClusterFacts, HeldState, OfferedState, OfferOutcome } from '../hub-port.ts';
import type { AssignmentStatus } from '../status/model.ts';

export const CLUSTER = 'c0ffee00-0000-4000-8000-000000000001';
const HOUR = 3_600_000;

/** As much of a cluster's API as the link calls: objects by path, with compare-and-set. */
export class FakeCluster {
  readonly objects = new Map<string, KubeObject>();
  #version = 0;

  get client(): KubeClient {
    const methods: Partial<KubeClient> = {
      get: (resource, key) => Promise.resolve().then(() => this.#get(resource, key)),
      create: (resource, namespace, object) =>
        Promise.resolve().then(() => {
          if (namespace !== undefined) this.#get(NAMESPACES, { name: namespace });
          const path = pathOf(resource, { name: object.metadata.name, ...(namespace && { namespace }) });
          if (this.objects.has(path)) throw new KubeApiError(409, 'AlreadyExists', 'it exists');
          return this.#put(path, object);
        }),
      replace: (resource, key, object) =>
        Promise.resolve().then(() => {
          const present = this.#get(resource, key);
          if (present.metadata.resourceVersion !== object.metadata.resourceVersion) {
            throw new KubeApiError(409, 'Conflict', 'it changed');
          }
          return this.#put(pathOf(resource, key), object);
        }),
      resourceFor: () => Promise.resolve(NAMESPACES),
    };
    return methods as KubeClient;
  }

  constructor() {
    this.#put('namespaces/kube-system', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system', uid: 'uid-of-kube-system' },
    });
  }

  #get(resource: Resource, key: ObjectKey): KubeObject {
    const object = this.objects.get(pathOf(resource, key));
    if (object === undefined) throw new KubeApiError(404, 'NotFound', 'there is none');
    return object;
  }

  #put(path: string, object: KubeObject): KubeObject {
    const saved = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.objects.set(path, saved);
    return saved;
  }
}

const NAMESPACES: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  verbs: [],
};

function pathOf(resource: Resource, { namespace, name }: ObjectKey): string {
  return [resource.plural, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** A core that holds what it is offered, after fetching it. */
export class FakeCore implements AgentCore {
  /** When the statuses are all there are. */
  whole: Promise<void> = Promise.resolve();
  readonly offers: OfferedState[] = [];
  readonly fetched: string[] = [];
  readonly forgotten: string[] = [];
  readonly synced: (string | undefined)[] = [];
  readonly removedFor = Promise.withResolvers<string>();
  readonly offered = Promise.withResolvers<OfferedState>();
  statusesNow: AssignmentStatus[] = [];
  readonly inspected: Inspection[] = [];
  findings: (readonly Finding[])[] = [];
  refusal: Error | undefined;
  #held: HeldState | undefined;

  held(): HeldState | undefined {
    return this.#held;
  }

  async facts(): Promise<ClusterFacts> {
    const facts = {
      kubernetesVersion: 'v1.36.3',
      apiResources: ['v1/Secret'],
      complete: true,
    };
    return { ...facts, clusterUid: 'uid-of-kube-system' };
  }

  async offer(offer: OfferedState): Promise<OfferOutcome> {
    this.offers.push(offer);
    const digests = offer.state.assignments.map(({ manifestDigest }) => manifestDigest);
    for await (const { digest } of offer.fetch(digests, AbortSignal.timeout(5_000)))
      this.fetched.push(digest);
    this.#held = { version: offer.state.version, digest: offer.digest };
    this.offered.resolve(offer);
    return { outcome: 'held' };
  }

  emptied(): HeldState['version'] | undefined {
    return undefined;
  }

  statuses(): readonly AssignmentStatus[] {
    return this.statusesNow;
  }

  statusesWhole(): Promise<void> {
    return this.whole;
  }

  async syncNow(bundle: string | undefined): Promise<void> {
    this.synced.push(bundle);
  }

  async *inspect(question: Inspection): AsyncGenerator<readonly Finding[], void> {
    this.inspected.push(question);
    yield* this.findings;
    if (this.refusal) throw this.refusal;
  }

  forgetGone(bundle: string): void {
    this.forgotten.push(bundle);
  }

  removed(reason: string): void {
    this.removedFor.resolve(reason);
  }

  onFactsChanged(): void {}
  onStatuses(): void {}
}

/** A hub that enrols with one token, renews, and takes what it is told. */
export class FakeHub {
  readonly opened = Promise.withResolvers<HubSession>();
  readonly reports: ReportedStatus[] = [];
  readonly applied = Promise.withResolvers<Report>();
  readonly complete = Promise.withResolvers<Report>();
  readonly refused = Promise.withResolvers<Report>();
  readonly keys: string[] = [];
  readonly blobs = new Map<string, Uint8Array>();
  readonly ca: CertificateAuthority;
  readonly token: string;
  readonly usedTokens: string[] = [];
  renewals = 0;
  isRemoved = false;
  /** With what it refuses to enrol; absent: it enrols. */
  enrolmentRefusal: string | undefined;
  server!: AgentServer;

  constructor(ca: CertificateAuthority) {
    this.ca = ca;
    this.token = createJoinToken(ca.pin, randomBytes).token;
  }

  get enrolmentAddress(): string {
    return `127.0.0.1:${this.server.enrolmentPort}`;
  }

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub(await CertificateAuthority.open(await createAuthority(Date.now())));
    const certificate = await hub.ca.issueServerCertificate(Date.now());
    const anyPort = { host: '127.0.0.1', port: 0 };
    hub.server = await startAgentServer({
      sessions: anyPort,
      enrolment: anyPort,
      tls: {
        key: certificate.keyPem,
        certificateChain: certificate.certificatePem + hub.ca.certificatePem,
        clientCas: hub.ca.certificatePem,
      },
      handlers: hub.#handlers(),
      hubVersion: 'spec',
      blobs: { load: (digests) => hub.#load(digests) },
    });
    return hub;
  }

  addManifest(): string {
    const bytes = Buffer.from('{"version":1,"objects":[]}');
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    this.blobs.set(digest, bytes);
    return digest;
  }

  #handlers(): Parameters<typeof startAgentServer>[0]['handlers'] {
    return {
      enrol: async ({ csr, joinToken }) => {
        this.usedTokens.push(joinToken);
        if (this.enrolmentRefusal !== undefined)
          return { outcome: 'refused', reason: 'token-used', message: this.enrolmentRefusal };
        const certificate = await this.#issue(csr);
        return { outcome: 'enrolled', certificate, clusterName: 'edge-1', fleet: 'fleet-uuid' };
      },
      renew: async (attempt) => {
        this.renewals++;
        if (this.isRemoved)
          return { outcome: 'refused', reason: 'removed', message: 'removed by an operator' };
        const verdict = await verifyRenewal([this.ca.certificateDer], attempt);
        if (!verdict.ok) return { outcome: 'refused', reason: 'not-its-key', message: verdict.problem };
        return { outcome: 'renewed', certificate: await this.#issue(attempt.csr) };
      },
      certificateExpiry: () => Promise.resolve(undefined),
      connect: async () => ({
        decision: 'accept',
        welcome: { session: 1n, fleet: 'fleet-uuid', clusterName: 'edge-1' },
        open: (session) => {
          this.opened.resolve(session);
          return {
            onReport: (report) => {
              this.reports.push(...report.assignments);
              if (report.applied !== undefined) this.applied.resolve(report);
              if (report.refused !== undefined) this.refused.resolve(report);
              if (report.complete) this.complete.resolve(report);
              session.acknowledge(report.sequence);
            },
            onFacts: () => undefined,
            firstForbidden: () => Promise.resolve(undefined),
            onEnd: () => undefined,
          };
        },
      }),
    };
  }

  async #issue(der: Uint8Array): Promise<IssuedToAgent> {
    const csr = await verifyCsr(der);
    if (!csr.ok) throw new Error(csr.problem);
    this.keys.push(csr.keyId);
    const { publicKey } = csr;
    const issue = { publicKey, clusterId: CLUSTER, clusterName: 'edge-1', now: Date.now(), lifeMs: HOUR };
    const { certificateDer, notAfter, renewAfter } = await this.ca.issueClientCertificate(issue);
    const sessionAddress = `127.0.0.1:${this.server.sessionsPort}`;
    return {
      certificate: certificateDer,
      caBundle: [this.ca.certificateDer],
      notAfter,
      renewAfter,
      sessionAddress,
    };
  }

  async *#load(digests: readonly string[]) {
    await Promise.resolve();
    for (const digest of digests) yield { digest, data: this.blobs.get(digest)! };
  }
}

export function announcedState(manifestDigest: string): DesiredStateBytes {
  const version = { epoch: 1n, generation: 5n };
  const assignments = [{ bundle: 'checkout', manifestDigest, policy: Buffer.from('{"version":1}') }];
  const bytes = DesiredState.encode(DesiredState.fromPartial({ version, assignments })).finish();
  return { version, bytes, digest: createHash('sha256').update(bytes).digest() };
}
