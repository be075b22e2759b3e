// A process of its own that plays many agents: they speak the protocol, fetch and verify every byte, and acknowledge
// at once, without a cluster. Told what to do, and asked, over Node's channel to its parent.

import { AssignmentStatus, DesiredState, type Version } from '@muster/contracts';
import { decodeManifest } from '@muster/manifest';
import {
  type AgentLink,
  connectSession,
  type DesiredStateBytes,
  enrol,
  type EnrolledIdentity,
} from '@muster/transport';

export type Order =
  | {
      readonly order: 'join';
      readonly address: string;
      readonly names: readonly string[];
      readonly token: string;
    }
  | { readonly order: 'count' };

export interface Counts {
  readonly connected: number;
  readonly bytesFetched: number;
  readonly cpuMs: number;
}

class FakeAgent {
  private readonly name: string;
  private readonly link: AgentLink;
  private readonly held = new Map<string, string>();
  private applied: Version | undefined;
  private latest: bigint = 0n;
  private hasReported = false;
  bytesFetched = 0;

  constructor(name: string, identity: EnrolledIdentity) {
    this.name = name;
    this.link = connectSession({
      address: () => identity.sessionAddress,
      identity: () => identity,
      hello: () => ({
        agentVersion: 'fake',
        features: ['manifests/v1', 'policy/v1', 'pause/v1', 'prune-hold/v1', 'deletion-consent/v1'],
        clusterUid: `uid-of-${name}`,
        facts: {
          kubernetesVersion: 'v1.36.3',
          apiResources: ['v1/ConfigMap'],
          complete: true,
          platform: 'fake',
        },
        held: this.applied,
        heldDigest: Buffer.alloc(0),
        instance: `instance-of-${name}`,
      }),
      handlers: {
        onDesiredState: (state) => void this.take(state),
        onRequest: () => undefined,
        onRemoved: () => undefined,
      },
    });
  }

  get connected(): boolean {
    return this.link.connected;
  }

  private async take(announced: DesiredStateBytes): Promise<void> {
    const { assignments, version } = DesiredState.decode(announced.bytes);
    if (version === undefined || version.generation <= this.latest) return;
    this.latest = version.generation;
    try {
      const changed = assignments.filter((it) => this.held.get(it.bundle) !== it.manifestDigest);
      const counts = await this.fetchAll([...new Set(changed.map((it) => it.manifestDigest))]);
      if (this.latest !== version.generation) return;
      for (const it of changed) this.held.set(it.bundle, it.manifestDigest);
      this.applied = version;
      // As the real agent: everything once, then what changed.
      const isFirst = !this.hasReported;
      this.hasReported = true;
      this.link.report({
        whole: isFirst,
        applied: version,
        assignments: (isFirst ? assignments : changed).map((it) =>
          AssignmentStatus.fromPartial({
            bundle: it.bundle,
            manifestDigest: it.manifestDigest,
            version,
            sync: 1,
            health: 1,
            reason: 'Applied',
            objectCount: counts.get(it.manifestDigest) ?? 0,
            observedAtUnixMs: BigInt(Date.now()),
          }),
        ),
      });
    } catch (error) {
      process.stderr.write(`${this.name}: ${error instanceof Error ? error.message : String(error)}\n`);
      this.latest = 0n;
      this.link.reconnect();
    }
  }

  /** Fetches manifests and all that they name; gives how many objects each has. */
  private async fetchAll(manifests: readonly string[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const objects = new Set<string>();
    for await (const { digest, data } of this.link.fetch(manifests)) {
      const manifest = decodeManifest(data);
      if (!manifest.ok) throw new Error(`${digest} is not a manifest`);
      counts.set(digest, manifest.value.objects.length);
      for (const object of manifest.value.objects) objects.add(object);
      this.bytesFetched += data.length;
    }
    for await (const { data } of this.link.fetch([...objects])) this.bytesFetched += data.length;
    return counts;
  }
}

const agents: FakeAgent[] = [];

async function join(order: Extract<Order, { order: 'join' }>): Promise<void> {
  const waiting = [...order.names];
  const enrolOne = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const identity = await enrol({
        address: order.address,
        joinToken: order.token,
        clusterName: name,
        clusterUid: `uid-of-${name}`,
      });
      agents.push(new FakeAgent(name, identity));
    }
  };
  await Promise.all(Array.from({ length: 8 }, enrolOne));
}

function counts(): Counts {
  const { user, system } = process.cpuUsage();
  return {
    connected: agents.filter((agent) => agent.connected).length,
    bytesFetched: agents.reduce((sum, agent) => sum + agent.bytesFetched, 0),
    cpuMs: (user + system) / 1000,
  };
}

process.on('message', (order: Order) => {
  if (order.order === 'count') process.send?.(counts());
  else {
    join(order).then(
      () => process.send?.(counts()),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  }
});
process.on('disconnect', () => process.exit(0));
