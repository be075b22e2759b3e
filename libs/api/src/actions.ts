import { z } from 'zod';

/**
 * `POST /api/v1/sync`: look at the repo now, and have the agents check everything against their clusters without
 * waiting for back-offs. Empty: all clusters, all bundles.
 */
export const SyncRequest = z.strictObject({
  bundle: z.string().optional(),
  clusters: z.array(z.string()).min(1).optional(),
  labelSelector: z.string().min(1).optional(),
});
export type SyncRequest = z.infer<typeof SyncRequest>;

export const SyncResult = z.object({
  revision: z.string().nullable().meta({ description: 'The newest commit, after the look at the repo.' }),
  asked: z.array(z.string()).meta({ description: 'Clusters whose agents were asked.' }),
  notConnected: z.array(z.string()).meta({ description: 'They check when they come back.' }),
  repoError: z
    .string()
    .nullable()
    .meta({ description: 'Why the repo could not be looked at; `revision` is then what was known before.' }),
});
export type SyncResult = z.infer<typeof SyncResult>;

/** `POST /api/v1/deletion-consents`: lets the deletions go on that wait for consent. Lapses with the next change. */
export const DeletionConsentRequest = z.strictObject({
  bundle: z.string(),
  clusters: z.array(z.string()).min(1).optional(),
  labelSelector: z.string().min(1).optional(),
});
export type DeletionConsentRequest = z.infer<typeof DeletionConsentRequest>;

export const DeletionConsentResult = z.object({
  bundle: z.string(),
  clusters: z.array(z.string()).meta({ description: 'Where it is now consented to.' }),
});
export type DeletionConsentResult = z.infer<typeof DeletionConsentResult>;

/** `POST /api/v1/recovery`: after the database was restored from a backup, raises the epoch so that agents follow again. */
export const RecoveryRequest = z.strictObject({ reason: z.string().max(1024).default('') });
export const RecoveryResult = z.object({ epoch: z.int() });
export type RecoveryResult = z.infer<typeof RecoveryResult>;
