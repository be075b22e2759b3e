import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { agentNamespace, secrets } from '../resources.ts';
import { ensureAgentNamespace } from '../state/agent-secrets.ts';

const NAME = 'muster-agent-identity';

/** Who this cluster is to its hub. PEM, each; times are the agent's clock, ms since the epoch. */
export interface StoredIdentity {
  readonly key: string;
  /** The id of the newest join token that this identity made needless: it came from it, or was good when it was given. */
  readonly joinTokenId?: string;
  /** The key of an identity to come, stored before it is used, beside one that serves until then. */
  readonly nextKey?: string;
  /** Absent between the making of the key and the hub's answer. */
  readonly issued?: {
    readonly certificate: string;
    readonly authorities: string;
    readonly enrolmentAddress: string;
    readonly sessionAddress: string;
    readonly clusterName: string;
    readonly fleet: string;
    readonly renewAt: number;
    readonly expiresAt: number;
  };
}

/** An identity that a hub gave. */
export type Issued = StoredIdentity & Required<Pick<StoredIdentity, 'issued'>>;

export function isIssued(identity: StoredIdentity | undefined): identity is Issued {
  return identity?.issued !== undefined;
}

/** Another agent of this cluster wrote the identity meanwhile: read it again. */
export class IdentityConflict extends Error {
  override readonly name = 'IdentityConflict';
}

/** Keeps the identity in a Secret of the cluster; each write is a compare-and-set on what was read. */
export class IdentityStore {
  readonly #kube: KubeClient;
  #resourceVersion: string | undefined;

  constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  async load(): Promise<StoredIdentity | undefined> {
    try {
      const secret = await this.#kube.get(secrets, { namespace: agentNamespace, name: NAME });
      this.#resourceVersion = secret.metadata.resourceVersion;
      return decode(secret);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
      this.#resourceVersion = undefined;
      return undefined;
    }
  }

  /** @throws IdentityConflict */
  async save(identity: StoredIdentity): Promise<void> {
    try {
      const saved = await this.#write(encode(identity, this.#resourceVersion));
      this.#resourceVersion = saved.metadata.resourceVersion;
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      throw new IdentityConflict('another agent of this cluster wrote its identity', { cause: error });
    }
  }

  async #write(secret: KubeObject): Promise<KubeObject> {
    if (this.#resourceVersion !== undefined) {
      return this.#kube.replace(secrets, { namespace: agentNamespace, name: NAME }, secret);
    }
    try {
      return await this.#kube.create(secrets, agentNamespace, secret);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
      await ensureAgentNamespace(this.#kube);
      return this.#kube.create(secrets, agentNamespace, secret);
    }
  }
}

function encode(identity: StoredIdentity, resourceVersion: string | undefined): KubeObject {
  const { key, nextKey, joinTokenId, issued } = identity;
  const text: Record<string, string> = { version: '1', 'key.pem': key };
  if (nextKey !== undefined) text['next-key.pem'] = nextKey;
  if (joinTokenId !== undefined) text['join-token-id'] = joinTokenId;
  if (issued !== undefined) {
    text['certificate.pem'] = issued.certificate;
    text['authorities.pem'] = issued.authorities;
    text['enrolment-address'] = issued.enrolmentAddress;
    text['session-address'] = issued.sessionAddress;
    text['cluster-name'] = issued.clusterName;
    text['fleet'] = issued.fleet;
    text['renew-at'] = new Date(issued.renewAt).toISOString();
    text['expires-at'] = new Date(issued.expiresAt).toISOString();
  }
  const data = Object.fromEntries(
    Object.entries(text).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );
  const labels = { 'app.kubernetes.io/managed-by': 'muster' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: NAME, namespace: agentNamespace, labels, ...(resourceVersion && { resourceVersion }) },
    type: 'Opaque',
    data,
  };
}

/** What can't be read is as good as absent: a token brings a new identity. */
function decode(secret: KubeObject): StoredIdentity | undefined {
  const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
  const text = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
  const key = text('key.pem');
  if (key === '') return undefined;
  const [renewAt, expiresAt] = [Date.parse(text('renew-at')), Date.parse(text('expires-at'))];
  if (text('certificate.pem') === '' || Number.isNaN(renewAt) || Number.isNaN(expiresAt)) return { key };
  const [nextKey, joinTokenId] = [text('next-key.pem'), text('join-token-id')];
  return {
    key,
    ...(nextKey !== '' && { nextKey }),
    ...(joinTokenId !== '' && { joinTokenId }),
    issued: {
      certificate: text('certificate.pem'),
      authorities: text('authorities.pem'),
      enrolmentAddress: text('enrolment-address'),
      sessionAddress: text('session-address'),
      clusterName: text('cluster-name'),
      fleet: text('fleet'),
      renewAt,
      expiresAt,
    },
  };
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof KubeApiError && error.status === status;
}
