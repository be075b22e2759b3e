import { KubeApiError } from '@muster/kube';

/** What may not be read, or is gone by now, is said and left out; anything else is the caller's. */
export async function readSafely<T>(
  what: string,
  onNotice: (text: string) => void,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    if (error.status === 404) return undefined;
    if (error.status === 403) onNotice(`the agent may not read ${what}`);
    else onNotice(`${what} cannot be read: ${error.status} ${error.reason}`);
    return undefined;
  }
}
