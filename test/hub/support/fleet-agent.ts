import { createHash } from 'node:crypto';
import { AssignmentStatus, DesiredState, HealthStatus, Hello, SyncStatus } from '@muster/contracts';
import {
  type AgentLink,
  type AgentRequest,
  connectSession,
  type DesiredStateBytes,
  enrol,
  type EnrolledIdentity,
} from '@muster/transport';
import { until } from '@muster/testing';

export interface FleetAgentOptions {
  readonly enrolmentAddress: string;
  readonly joinToken: string;
  readonly name?: string;
  readonly uid?: string;
  readonly key?: string;
}

/** An agent that speaks the protocol and has no cluster: it fetches what it is told to run and says that it runs. */
export class FleetAgent {
  readonly identity: EnrolledIdentity;
  readonly uid: string;
  features: readonly string[] = ['manifests/v1', 'policy/v1', 'emptied/v1'];
  readonly announced: DesiredStateBytes[] = [];
  readonly requests: AgentRequest[] = [];
  readonly removed: string[] = [];
  readonly disconnected: string[] = [];
  /** What it answers when it is asked; by default nothing, successfully. */
  answer: (request: AgentRequest, signal: AbortSignal) => AsyncIterable<Uint8Array> | undefined =
    async function* () {};
  #link: AgentLink | undefined;

  private constructor(identity: EnrolledIdentity, uid: string) {
    this.identity = identity;
    this.uid = uid;
  }

  static async enrol(options: FleetAgentOptions): Promise<FleetAgent> {
    const uid = options.uid ?? crypto.randomUUID();
    const identity = await enrol({
      address: options.enrolmentAddress,
      joinToken: options.joinToken,
      clusterName: options.name ?? '',
      clusterUid: uid,
      ...(options.key !== undefined && { key: options.key }),
    });
    return new FleetAgent(identity, uid);
  }

  connect(): this {
    this.#link = connectSession({
      address: () => this.identity.sessionAddress,
      identity: () => this.identity,
      hello: () =>
        Hello.fromPartial({
          agentVersion: 'test',
          features: [...this.features],
          clusterUid: this.uid,
          instance: 'test',
          facts: { kubernetesVersion: 'v1.36.3', apiResources: ['v1/ConfigMap'], complete: true },
          ...(this.held && { held: this.held.version, heldDigest: Buffer.from(this.held.digest) }),
        }),
      handlers: {
        onDesiredState: (state) => this.announced.push(state),
        onRequest: (request, { signal }) => {
          this.requests.push(request);
          return this.answer(request, signal);
        },
        onRemoved: (reason) => this.removed.push(reason),
        onDisconnected: ({ reason }) => this.disconnected.push(reason),
      },
    });
    return this;
  }

  get link(): AgentLink {
    if (this.#link === undefined) throw new Error('connect first');
    return this.#link;
  }

  get held(): DesiredStateBytes | undefined {
    return this.announced.at(-1);
  }

  get desired(): DesiredState | undefined {
    return this.held && DesiredState.decode(this.held.bytes);
  }

  /** The desired state, once it is so. */
  async desiredWhere(what: string, isSo: (state: DesiredState) => boolean): Promise<DesiredState> {
    const state = await until(
      what,
      async () => this.desired,
      (it) => it !== undefined && isSo(it),
      { timeoutMs: 45_000 },
    );
    return state!;
  }

  /** Fetches by digest, as text. */
  async fetch(digests: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const blob of this.link.fetch(digests))
      found.set(blob.digest, Buffer.from(blob.data).toString());
    return found;
  }

  /** The objects of a bundle, as the hub serves them. */
  async objectsOf(bundle: string): Promise<Record<string, unknown>[]> {
    const assignment = this.desired?.assignments.find((it) => it.bundle === bundle);
    if (assignment === undefined) throw new Error(`${bundle} is not assigned`);
    const manifest = (await this.fetch([assignment.manifestDigest])).get(assignment.manifestDigest)!;
    const { objects } = JSON.parse(manifest) as { objects: string[] };
    const found = await this.fetch(objects);
    return objects.map((digest) => JSON.parse(found.get(digest)!) as Record<string, unknown>);
  }

  /** Says that every assignment of the held state is as it should be. */
  reportSynced(over: Partial<AssignmentStatus> = {}): void {
    const { desired } = this;
    if (desired === undefined) throw new Error('nothing is held');
    this.link.report({
      whole: true,
      ...(desired.version && { applied: desired.version }),
      assignments: desired.assignments.map((it) =>
        AssignmentStatus.fromPartial({
          bundle: it.bundle,
          manifestDigest: it.manifestDigest,
          ...(desired.version && { version: desired.version }),
          sync: SyncStatus.SYNC_STATUS_SYNCED,
          health: HealthStatus.HEALTH_STATUS_HEALTHY,
          reason: 'Applied',
          objectCount: 1,
          observedAtUnixMs: BigInt(Date.now()),
          ...over,
        }),
      ),
    });
  }

  close(): void {
    this.#link?.close();
  }
}

export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
