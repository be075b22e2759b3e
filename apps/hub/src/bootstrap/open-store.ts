import { EmbeddedPostgresError, NewerDatabaseError, openStore, type Store } from '@muster/store';
import type { HubConfig } from '../config/settings.ts';
import { HubStartError } from './start-error.ts';

/** Opens the database that the configuration means. Rejects with `HubStartError` for what a person can mend. */
export async function openHubStore(config: HubConfig): Promise<Store> {
  const url = config['database-url'];
  try {
    return await openStore(url === undefined ? { dataDir: config.data } : { databaseUrl: url });
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || error instanceof NewerDatabaseError) {
      throw new HubStartError(error.message, { cause: error });
    }
    if (url !== undefined && isOfServer(error)) {
      throw new HubStartError(`the database of database-url can't be used: ${messageOf(error)}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Nobody there, no way there, no such host or socket; nobody who may, no such database, no right to make tables. */
const codes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
  ...['28000', '28P01', '3D000', '42501'],
]);

function isOfServer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const hasCode = 'code' in error && typeof error.code === 'string' && codes.has(error.code);
  // The driver's own has no code.
  return hasCode || /^timeout (expired|exceeded when trying to connect)$/.test(error.message);
}

/** A host with several addresses fails by one error for all of them, which says nothing itself. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
