/** Argo CD's words, because that is what people know. */
export type HealthStatus = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';

export interface Health {
  readonly status: HealthStatus;
  /** One sentence for people, or empty. */
  readonly message: string;
}

/** Any live object, as `JSON.parse` reads it: nothing about its shape is taken for granted. */
export type LiveObject = Readonly<Record<string, unknown>>;
