import type { EnrolRefusal } from '@muster/transport';
import { isDnsLabel } from '@muster/fleet-model';

export interface EnrolmentFacts {
  readonly token: {
    readonly id: string;
    readonly name: string | undefined;
    readonly isExpired: boolean;
    readonly isUsedUp: boolean;
  };
  readonly askedName: string;
  readonly uid: string;
  readonly keyId: string;
  /** The present cluster of the name that it would get. */
  readonly named: KnownCluster | undefined;
  /** Of this uid, a present one before removed ones. */
  readonly sameUid: KnownCluster | undefined;
}

export interface KnownCluster {
  readonly id: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly keyId: string | undefined;
  readonly joinToken: string | undefined;
  readonly declared: boolean;
  readonly enrolled: boolean;
  readonly removed: boolean;
}

export type EnrolmentDecision =
  | {
      readonly kind: 'enrol';
      readonly name: string;
      /** The row to enter it in; absent: a new one. */
      readonly id: string | undefined;
      /** Git's own row of that name, when the cluster goes on in the row that it had before it was removed. */
      readonly absorbs: string | undefined;
      /** False for an agent that asks again because the first answer got lost. */
      readonly countsUse: boolean;
    }
  | { readonly kind: 'refuse'; readonly reason: EnrolRefusal; readonly message: string };

/**
 * Whether a join token, known to be genuine, lets this cluster in, and as whom. A name that Git declares, and a
 * cluster that is known by its uid, need a token made for that name: an open token must not be able to take over
 * what somebody meant for a certain cluster.
 */
export function decideEnrolment(facts: EnrolmentFacts): EnrolmentDecision {
  const { token, named, sameUid } = facts;
  const name = facts.askedName === '' ? (token.name ?? '') : facts.askedName;
  if (!isDnsLabel(name)) {
    return refuse(
      'invalid-request',
      name === '' ? 'the token has no name: give one' : `${JSON.stringify(name)} is not a DNS label`,
    );
  }
  if (facts.uid === '') return refuse('invalid-request', 'the uid of namespace kube-system is missing');
  if (token.name !== undefined && token.name !== name) {
    return refuse('name-not-allowed', `this token is for the cluster ${token.name}`);
  }
  const isSameAgain =
    named?.enrolled === true &&
    named.uid === facts.uid &&
    named.keyId === facts.keyId &&
    named.joinToken === token.id;
  if (isSameAgain) return { kind: 'enrol', name, id: named.id, absorbs: undefined, countsUse: false };
  if (token.isExpired) return refuse('token-expired', 'this token has expired: make a new one');
  if (token.isUsedUp) return refuse('token-used', 'this token has been used: make a new one');

  if (named?.enrolled === true && named.uid !== facts.uid) {
    return refuse('name-taken', `the name ${name} belongs to another cluster: remove that one first`);
  }
  const needsItsToken = named?.declared === true || sameUid !== undefined;
  if (needsItsToken && token.name === undefined) {
    return refuse(
      'name-not-allowed',
      named?.declared === true
        ? `the fleet repo declares ${name}: make a token for that name`
        : 'this cluster is known to the hub: make a token for its name',
    );
  }
  if (sameUid !== undefined && !sameUid.removed && sameUid.name !== name) {
    return refuse('name-taken', `this cluster is enrolled as ${sameUid.name}: remove that first`);
  }
  const former = sameUid ?? named;
  const absorbs =
    sameUid !== undefined && named !== undefined && named.id !== sameUid.id ? named.id : undefined;
  return { kind: 'enrol', name, id: former?.id, absorbs, countsUse: true };
}

function refuse(reason: EnrolRefusal, message: string): EnrolmentDecision {
  return { kind: 'refuse', reason, message };
}
