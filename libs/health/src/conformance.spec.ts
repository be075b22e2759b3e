import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { healthOf } from './health-of.ts';
import type { Health, LiveObject } from './model.ts';

/** The reference tools' own cases, kept beside the checkout where there is one. */
const folder = join(import.meta.dirname, '../../../../shared/conformance/health');

/** Where kstatus and Argo CD disagree, Argo CD's answer is the one that people know. */
const argoWins: Readonly<Record<string, string>> = {
  'JobStatus/jobInProgress': 'Progressing',
  'PodStatus/podCompletedFailed': 'Degraded',
  'ReplicasetStatus/rsReplicaFailure': 'Degraded',
  'ServiceStatus/serviceLBok': 'Progressing',
};

interface Case {
  readonly case: string;
  readonly input: string;
  readonly health: string;
}

interface Judged extends Case {
  readonly got: Health;
}

/** How many of a suite's cases must come out as the reference has them. */
const wanted = { 'argo-core': 1, kstatus: 1, 'argo-custom': 0.95 } as const;

const scores: string[] = [];

describe.each(Object.entries(wanted))('of the cases of %s', (suite, share) => {
  const list = join(folder, suite, 'cases.json');
  const isMissing = !existsSync(list);
  if (isMissing) console.warn(`There is no ${list}: nothing to compare health with.`);
  const judged = isMissing ? [] : (JSON.parse(readFileSync(list, 'utf8')) as Case[]).map(judge(suite));
  const missed = judged.filter(({ health, got }) => got.status !== health);

  it.skipIf(isMissing)(`at least ${share * 100} % are as the reference has them`, () => {
    expect(judged.length).toBeGreaterThan(0);
    scores.push(`${suite} ${judged.length - missed.length} of ${judged.length}`);
    const hits = (judged.length - missed.length) / judged.length;
    expect(hits, missed.map(told).join('\n')).toBeGreaterThanOrEqual(share);
  });

  it.skipIf(isMissing)('each that is not well says why, in one line', () => {
    const mute = judged.filter(({ got }) => got.status === 'Degraded' && got.message === '');
    expect(mute.map(({ input }) => input)).toEqual([]);
    expect(judged.filter(({ got }) => /\n/.test(got.message) || got.message.length > 500)).toEqual([]);
  });
});

afterAll(() => {
  if (scores.length > 0) console.info(`Health scores: ${scores.join(', ')}`);
});

function judge(suite: string) {
  return (one: Case): Judged => {
    const text = readFileSync(join(folder, suite, one.input), 'utf8');
    const [object] = parseAllDocuments(text, { uniqueKeys: false })
      .map((document) => document.toJS() as LiveObject | null)
      .filter((document) => document !== null);
    return { ...one, health: argoWins[one.case] ?? one.health, got: healthOf(object!) };
  };
}

function told({ input, health, got }: Judged): string {
  return `${input}: ${health} is wanted, ${got.status} it is (${got.message})`;
}
