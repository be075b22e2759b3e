import { readFile } from 'node:fs/promises';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'muster-audit-'));
const policyFile = join(folder, 'policy.yaml');
const logFile = join(folder, 'audit.log');
const MUTATING = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

writeFileSync(
  policyFile,
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n',
);

interface AuditEvent {
  readonly verb: string;
  readonly requestReceivedTimestamp: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string };
}

/** Counts, by the API server's own audit log, what changed or tried to change something. One cluster at a time. */
export const countWrites = {
  flags: [`--audit-policy-file=${policyFile}`, `--audit-log-path=${logFile}`, '--audit-log-mode=blocking'],

  /** Mutating requests of Muster's agent since a time (ms), also those without an effect; Leases excepted. */
  async since(time: number): Promise<number> {
    const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== '');
    const events = lines.map((line) => JSON.parse(line) as AuditEvent);
    return events.filter(
      (event) =>
        Date.parse(event.requestReceivedTimestamp) >= time &&
        MUTATING.has(event.verb) &&
        event.objectRef?.resource !== 'leases' &&
        (event.userAgent ?? '').startsWith('muster'),
    ).length;
  },
};
