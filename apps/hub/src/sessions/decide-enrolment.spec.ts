import { describe, expect, test } from 'vitest';
import { decideEnrolment, type EnrolmentFacts, type KnownCluster } from './decide-enrolment.ts';

const open = { id: 't1', name: undefined, isExpired: false, isUsedUp: false };
const forEu1 = { ...open, name: 'eu-1' };

function decide(over: Partial<EnrolmentFacts>) {
  return decideEnrolment({
    token: open,
    askedName: 'eu-1',
    uid: 'u1',
    keyId: 'k1',
    named: undefined,
    sameUid: undefined,
    ...over,
  });
}

const enrolled: KnownCluster = {
  id: 'c1',
  name: 'eu-1',
  uid: 'u1',
  keyId: 'k1',
  joinToken: 't1',
  declared: false,
  enrolled: true,
  removed: false,
};
const declared: KnownCluster = {
  ...enrolled,
  id: 'd1',
  uid: undefined,
  keyId: undefined,
  joinToken: undefined,
  declared: true,
  enrolled: false,
};

describe('a join token', () => {
  test('that is open lets a new name in', () => {
    expect(decide({})).toEqual({
      kind: 'enrol',
      name: 'eu-1',
      id: undefined,
      absorbs: undefined,
      countsUse: true,
    });
  });

  test('that is for a name gives that name', () => {
    expect(decide({ token: forEu1, askedName: '' })).toMatchObject({ kind: 'enrol', name: 'eu-1' });
    expect(decide({ token: forEu1, askedName: 'us-1' })).toMatchObject({ reason: 'name-not-allowed' });
  });

  test('that is open needs a name', () => {
    expect(decide({ askedName: '' })).toMatchObject({ reason: 'invalid-request' });
    expect(decide({ askedName: 'Not A Label' })).toMatchObject({ reason: 'invalid-request' });
  });

  test('that has expired or is used up lets nobody in', () => {
    expect(decide({ token: { ...open, isExpired: true } })).toMatchObject({ reason: 'token-expired' });
    expect(decide({ token: { ...open, isUsedUp: true } })).toMatchObject({ reason: 'token-used' });
  });

  test('answers the same agent again, whose first answer got lost, though it is used up', () => {
    const usedUp = { ...open, isUsedUp: true };
    expect(decide({ token: usedUp, named: enrolled, sameUid: enrolled })).toMatchObject({
      kind: 'enrol',
      id: 'c1',
      countsUse: false,
    });
    expect(decide({ token: usedUp, named: enrolled, sameUid: enrolled, keyId: 'k2' })).toMatchObject({
      reason: 'token-used',
    });
  });
});

describe('a name that Git declares', () => {
  test('is for a token made for it alone', () => {
    expect(decide({ named: declared })).toMatchObject({ reason: 'name-not-allowed' });
    expect(decide({ named: declared, token: forEu1 })).toMatchObject({ kind: 'enrol', id: 'd1' });
  });
});

describe('a cluster that is known by its uid', () => {
  test('enrols again, with a new key, only with a token made for its name', () => {
    const again = { named: enrolled, sameUid: enrolled, keyId: 'k2' };
    expect(decide({ ...again, token: { ...open, id: 't2' } })).toMatchObject({ reason: 'name-not-allowed' });
    expect(decide({ ...again, token: { ...forEu1, id: 't2' } })).toMatchObject({ kind: 'enrol', id: 'c1' });
  });

  test('goes on in its row after it was removed, so that its generation only grows', () => {
    const removed = { ...enrolled, removed: true };
    expect(decide({ sameUid: removed, token: forEu1 })).toMatchObject({ kind: 'enrol', id: 'c1' });
    expect(decide({ sameUid: removed, named: declared, token: forEu1 })).toMatchObject({
      id: 'c1',
      absorbs: 'd1',
    });
  });

  test('has one name at a time', () => {
    const token = { ...forEu1, name: 'us-1' };
    expect(decide({ sameUid: enrolled, token, askedName: 'us-1' })).toMatchObject({ reason: 'name-taken' });
  });
});

test("another cluster's name is not to be had", () => {
  expect(decide({ named: { ...enrolled, uid: 'u9' }, token: { ...forEu1, id: 't2' } })).toMatchObject({
    reason: 'name-taken',
  });
});
