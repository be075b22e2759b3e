// How fast health is decided, and how often as the references decide it: all their objects, a hundred times. Reading
// the files is not measured; compiling the rules is, as it is part of the first pass.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { healthOf } from '@muster/health';
import type { LiveObject } from '@muster/health';
import { parseAllDocuments } from 'yaml';
import { atLeast, progress, quick, report } from './support/report.ts';
import { percentile, rounded } from './support/statistics.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/conformance/health');
const PASSES = quick ? 20 : 100;
const SUITES = ['argo-core', 'kstatus', 'argo-custom'] as const;

/** Where kstatus disagrees with Argo CD, Argo CD's answer counts. */
const ARGO_WINS: Readonly<Record<string, string>> = {
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

interface Loaded {
  readonly object: LiveObject;
  readonly health: string;
}

if (!existsSync(FOLDER)) {
  process.stderr.write(`There is no ${FOLDER}: without the references' cases there is nothing to measure.\n`);
  process.exit(1);
}

progress('reading the cases');
const suites = new Map(SUITES.map((suite) => [suite, load(suite)]));
const objects = [...suites.values()].flat().map(({ object }) => object);

progress(`judging ${objects.length} objects ${PASSES} times`);
const passesMs: number[] = [];
for (let pass = 0; pass < PASSES; pass++) {
  const began = performance.now();
  for (const object of objects) healthOf(object);
  passesMs.push(performance.now() - began);
}
const totalMs = passesMs.reduce((sum, ms) => sum + ms, 0);

report(
  'health',
  {
    objectsPerS: Math.round((objects.length * PASSES * 1000) / totalMs),
    argoCore: score('argo-core'),
    kstatus: score('kstatus'),
    argoCustom: score('argo-custom'),
    firstPassMs: rounded(passesMs[0]!),
    passMsP50: rounded(percentile(passesMs, 50)),
  },
  { objectsPerS: atLeast(50_000), argoCore: atLeast(1), kstatus: atLeast(1), argoCustom: atLeast(0.95) },
  { objects: objects.length, passes: PASSES },
);

function load(suite: string): Loaded[] {
  const cases = JSON.parse(readFileSync(join(FOLDER, suite, 'cases.json'), 'utf8')) as Case[];
  return cases.map(({ case: name, input, health }) => {
    const text = readFileSync(join(FOLDER, suite, input), 'utf8');
    const document = parseAllDocuments(text, { uniqueKeys: false }).find(({ contents }) => contents !== null);
    return { object: document!.toJS() as LiveObject, health: ARGO_WINS[name] ?? health };
  });
}

/** Of 1, to four digits. */
function score(suite: (typeof SUITES)[number]): number {
  const cases = suites.get(suite)!;
  const hits = cases.filter(({ object, health }) => healthOf(object).status === health).length;
  return Math.round((hits / cases.length) * 10_000) / 10_000;
}
