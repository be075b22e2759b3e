import { randomUUID } from 'node:crypto';
import {
  type IssuedCertificate,
  isJoinSecret,
  parseJoinToken,
  verifyCsr,
  verifyRenewal,
} from '@muster/identity';
import { Inject, Injectable } from '@nestjs/common';
import {
  ChangeRepository,
  ClusterRepository,
  isTaken,
  JoinTokenRepository,
  type Sql,
  type Store,
} from '@muster/store';
import type {
  EnrolAttempt,
  EnrolOutcome,
  EnrolRefusal,
  IssuedToAgent,
  Peer,
  RenewAttempt,
  RenewOutcome,
} from '@muster/transport';
import type { HubIdentity } from '../bootstrap/identity.ts';
import type { HubConfig } from '../config/settings.ts';
import { CLOCK, type Clock, CONFIG, IDENTITY, LOGGER, type Logger, STORE } from '../tokens.ts';
import pLimit from 'p-limit';
import { decideEnrolment } from './decide-enrolment.ts';
import { Advertised } from './advertised.ts';

/** Uses of one token wait for each other in the database: many at once must not take all of its connections. */
const concurrentEnrolments = 2;

/**
 * Said to an agent whose certificate is good and whose cluster isn't in the database. Rows of removed clusters stay,
 * so this is no removal, at which the agent would stop for good: a backup older than the cluster was restored.
 */
export const unknownCluster =
  "this hub doesn't know the cluster: was it restored from a backup? Enrol it anew";

/** Gives clusters their certificates. */
@Injectable()
export class EnrolmentService {
  readonly #store: Store;
  readonly #identity: HubIdentity;
  readonly #config: HubConfig;
  readonly #clock: Clock;
  readonly #advertised: Advertised;
  readonly #logger: Logger;
  readonly #limit = pLimit(concurrentEnrolments);
  #listener: () => void = () => undefined;

  constructor(
    @Inject(STORE) store: Store,
    @Inject(IDENTITY) identity: HubIdentity,
    @Inject(CONFIG) config: HubConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(Advertised) advertised: Advertised,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#identity = identity;
    this.#config = config;
    this.#clock = clock;
    this.#advertised = advertised;
    this.#logger = logger;
  }

  /** Hears that a cluster joined: it wants a desired state. */
  onEnrolled(listener: () => void): void {
    this.#listener = listener;
  }

  async enrol(attempt: EnrolAttempt): Promise<EnrolOutcome> {
    const token = parseJoinToken(attempt.joinToken);
    if (token === undefined) return refused('token-malformed', 'this is not a join token');
    const csr = await verifyCsr(attempt.csr);
    if (!csr.ok) return refused('invalid-request', csr.problem);
    const enter = () =>
      this.#store.sql.transaction(async (sql): Promise<EnrolOutcome> => {
        const tokens = new JoinTokenRepository(sql);
        const kept = await tokens.lock(token.id);
        if (kept === undefined || !isJoinSecret(token.secret, kept.secretHash)) {
          return refused('token-unknown', 'this hub knows no such token');
        }
        const clusters = new ClusterRepository(sql);
        const decision = decideEnrolment({
          token: {
            id: kept.id,
            name: kept.name,
            isExpired: kept.expiresAt.getTime() <= this.#clock(),
            isUsedUp: kept.uses >= kept.maxUses,
          },
          askedName: attempt.clusterName,
          uid: attempt.clusterUid,
          keyId: csr.keyId,
          named: await clusters.byName(attempt.clusterName === '' ? (kept.name ?? '') : attempt.clusterName),
          sameUid: await clusters.byUid(attempt.clusterUid),
        });
        if (decision.kind === 'refuse') return refused(decision.reason, decision.message);
        const id = decision.id ?? randomUUID();
        const issued = await this.#issue(csr.publicKey, id, decision.name);
        if (decision.absorbs !== undefined) await clusters.absorbDeclared(id, decision.absorbs);
        await clusters.enrol({
          id,
          name: decision.name,
          uid: attempt.clusterUid,
          keyId: csr.keyId,
          joinToken: kept.id,
          tokenLabels: kept.labels,
          certificateNotAfter: issued.notAfter,
        });
        if (decision.countsUse) await tokens.countUse(kept.id);
        await this.#record(sql, decision.name, attempt.address);
        return {
          outcome: 'enrolled',
          certificate: this.#forAgent(issued),
          clusterName: decision.name,
          fleet: this.#identity.fleet,
        };
      });
    const outcome = await this.#limit(() => enter().catch((error: unknown) => onceMore(error, enter)));
    if (outcome.outcome === 'enrolled') this.#listener();
    else
      this.#logger.warn(
        { address: attempt.address, reason: outcome.reason },
        `refused an enrolment: ${outcome.message}`,
      );
    return outcome;
  }

  async #record(sql: Sql, name: string, address: string): Promise<void> {
    this.#logger.info({ cluster: name, address }, 'a cluster enrolled');
    const message = `cluster ${name} enrolled from ${address}`;
    await new ChangeRepository(sql).addEvents([
      { by: `cluster ${name}`, kind: 'ClusterEnrolled', cluster: name, message },
    ]);
  }

  async renew(attempt: RenewAttempt): Promise<RenewOutcome> {
    const verdict = await verifyRenewal([this.#identity.authority.certificateDer], attempt);
    if (!verdict.ok) return { outcome: 'refused', reason: 'invalid-request', message: verdict.problem };
    const clusters = new ClusterRepository(this.#store.sql);
    const cluster = await clusters.byId(verdict.clusterId);
    if (cluster === undefined) {
      this.#logger.warn(
        { cluster: verdict.clusterId, address: attempt.address },
        `refused a renewal: ${unknownCluster}`,
      );
      return { outcome: 'refused', reason: 'not-its-key', message: unknownCluster };
    }
    if (cluster.removed) {
      return { outcome: 'refused', reason: 'removed', message: 'the cluster was removed from the fleet' };
    }
    const issued = await this.#issue(verdict.publicKey, cluster.id, cluster.name);
    if (!(await clusters.recordRenewal(cluster.id, verdict.keyId, issued.notAfter))) {
      return {
        outcome: 'refused',
        reason: 'not-its-key',
        message: `cluster ${cluster.name} has another key`,
      };
    }
    return { outcome: 'renewed', certificate: this.#forAgent(issued) };
  }

  async certificateExpiry(peer: Peer): Promise<number | undefined> {
    return new ClusterRepository(this.#store.sql).certificateNotAfter(peer.clusterId, peer.keyId);
  }

  #issue(
    publicKey: Parameters<HubIdentity['authority']['issueClientCertificate']>[0]['publicKey'],
    clusterId: string,
    clusterName: string,
  ): Promise<IssuedCertificate> {
    const lifeMs = this.#config['certificate-life'];
    return this.#identity.authority.issueClientCertificate({
      publicKey,
      clusterId,
      clusterName,
      now: this.#clock(),
      lifeMs,
    });
  }

  #forAgent(issued: IssuedCertificate): IssuedToAgent {
    return {
      certificate: issued.certificateDer,
      caBundle: [this.#identity.authority.certificateDer],
      notAfter: issued.notAfter,
      renewAfter: issued.renewAfter,
      sessionAddress: this.#advertised.sessions,
    };
  }
}

/** Another token let in the same cluster, or one of the same name, at the same time: now its row decides. */
function onceMore<Result>(error: unknown, work: () => Promise<Result>): Promise<Result> {
  if (isTaken(error)) return work();
  throw error;
}

function refused(reason: EnrolRefusal, message: string): EnrolOutcome & { outcome: 'refused' } {
  return { outcome: 'refused', reason, message };
}
