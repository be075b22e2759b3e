import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { healthOf } from './health-of.ts';
import type { LiveObject } from './model.ts';

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

describe.each(['argo-core', 'kstatus'])('the cases of %s', (suite) => {
  const list = join(folder, suite, 'cases.json');
  const isMissing = !existsSync(list);
  if (isMissing) console.warn(`There is no ${list}: nothing to compare health with.`);
  const cases = isMissing ? [] : (JSON.parse(readFileSync(list, 'utf8')) as Case[]);

  it.skipIf(isMissing).each(cases)('$case is $health', ({ case: name, input, health }) => {
    const object = parse(readFileSync(join(folder, suite, input), 'utf8'), {
      uniqueKeys: false,
    }) as LiveObject;
    expect(healthOf(object)).toMatchObject({ status: argoWins[name] ?? health });
  });

  it.skipIf(isMissing)('are there', () => expect(cases.length).toBeGreaterThan(0));
});
