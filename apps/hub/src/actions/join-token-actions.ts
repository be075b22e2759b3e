import type { NewJoinToken } from '@muster/api';
import { DNS_LABEL_RULE, isDnsLabel } from '@muster/fleet-model';
import { createJoinToken as makeToken } from '@muster/identity';
import { ChangeRepository, JoinTokenRepository } from '@muster/store';
import type { ActionOutcome, FleetActions } from '../api/fleet-actions.ts';
import type { ActionContext } from './action-context.ts';
import { wrongLabel } from './label-rules.ts';
import { done, invalid, notFound } from './outcomes.ts';

/** The hub keeps the secret's hash: the answer is the one place where it is shown. */
export async function createJoinToken(
  context: ActionContext,
  request: Parameters<FleetActions['createJoinToken']>[0],
  by: string,
): Promise<ActionOutcome<NewJoinToken>> {
  if (request.name !== undefined && !isDnsLabel(request.name)) {
    return invalid('name', `"${request.name.slice(0, 64)}" is not a DNS label: ${DNS_LABEL_RULE}.`);
  }
  const refusal = wrongLabel('labels', request.labels);
  if (refusal !== undefined) return refusal;
  const { authorityPin, enrolmentAddress } = context.invitation;
  const made = makeToken(authorityPin, (size) => context.invitation.randomBytes(size));
  const row = await context.sql.transaction(async (sql) => {
    const message = `join token ${made.id} was made for ${request.name === undefined ? 'any new cluster' : `cluster ${request.name}`}`;
    const about = request.name === undefined ? {} : { cluster: request.name };
    await new ChangeRepository(sql).addEvents([{ by, kind: 'JoinTokenCreated', message, ...about }]);
    return new JoinTokenRepository(sql).add({
      id: made.id,
      secretHash: made.secretHash,
      name: request.name,
      labels: request.labels,
      maxUses: request.maxUses,
      createdBy: by,
      expiresInSeconds: request.expiresInSeconds,
    });
  });
  return done({
    id: row.id,
    name: row.name ?? null,
    labels: row.labels,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    maxUses: row.maxUses,
    uses: row.uses,
    token: made.token,
    enrolmentAddress,
  });
}

export async function revokeJoinToken(
  context: ActionContext,
  id: string,
  by: string,
): Promise<ActionOutcome<undefined>> {
  const removed = await context.sql.transaction(async (sql) => {
    const found = await new JoinTokenRepository(sql).remove(id);
    const event = { by, kind: 'JoinTokenRevoked', message: `join token ${id} was revoked` };
    if (found) await new ChangeRepository(sql).addEvents([event]);
    return found;
  });
  return removed ? done(undefined) : notFound(`There is no join token "${id}".`);
}
