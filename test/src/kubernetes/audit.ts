import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A request as the API server's own audit log tells it, once it was answered. */
export interface AuditedRequest {
  readonly verb: string;
  /** When it came, ms. */
  readonly at: number;
  readonly userAgent: string;
  readonly user: string;
  /** Whom the user impersonated; else ''. */
  readonly actedAs: string;
  readonly group: string;
  /** '' for what isn't about objects: discovery, health. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly status: number;
  /** It would change something, had it not been a dry run. */
  readonly isWrite: boolean;
}

export interface AuditLog {
  /** For the API server whose requests are to be told. */
  readonly flags: readonly string[];
  readonly requests: () => Promise<readonly AuditedRequest[]>;
  /** Removes the log. */
  readonly remove: () => Promise<void>;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string };
  readonly impersonatedUser?: { readonly username?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

const MUTATING = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const POLICY =
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived, ResponseStarted]\nrules: [{level: Metadata}]\n';

/** A log for one API server: nobody who counts requests has to believe who sent them. */
export async function createAuditLog(): Promise<AuditLog> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-audit-'));
  const [policy, log] = [join(folder, 'policy.yaml'), join(folder, 'audit.log')];
  await writeFile(policy, POLICY);
  return {
    flags: [
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${log}`,
      '--audit-log-mode=blocking',
      // A rotated log would hide what was before.
      '--audit-log-maxsize=2000',
    ],
    requests: async () =>
      (await readFile(log, 'utf8'))
        .split('\n')
        .slice(0, -1)
        .map((line) => requestOf(JSON.parse(line) as AuditEvent)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function requestOf(event: AuditEvent): AuditedRequest {
  const { objectRef = {} } = event;
  const url = new URL(event.requestURI, 'https://api');
  return {
    verb: event.verb,
    at: Date.parse(event.requestReceivedTimestamp),
    userAgent: event.userAgent ?? '',
    user: event.user?.username ?? '',
    actedAs: event.impersonatedUser?.username ?? '',
    group: objectRef.apiGroup ?? '',
    resource: objectRef.resource ?? '',
    subresource: objectRef.subresource ?? '',
    namespace: objectRef.namespace ?? '',
    name: objectRef.name ?? '',
    path: url.pathname,
    status: event.responseStatus?.code ?? 0,
    isWrite: MUTATING.has(event.verb) && !url.searchParams.has('dryRun'),
  };
}
