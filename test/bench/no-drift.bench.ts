// Whether the agent sees drift where there is none: 200 objects and more as real clusters run them (test/corpus), CRDs
// of up to 800 KB among them, applied to a real cluster with controllers and mutating webhooks, then left alone for
// several full checks and a restart of the agent. What it applied again, tells as drift or writes is counted, by the
// API server's own audit log.

import { leaveCorpusAlone } from '../corpus/left-alone.ts';
import { atLeast, atMost, progress, quick, report } from './support/report.ts';

const FULL_CHECKS = quick ? 2 : 10;

const seen = await leaveCorpusAlone({ fullChecks: FULL_CHECKS, progress });
for (const line of [...seen.told, ...seen.appliedAgain, ...seen.writes]) progress(`  ${line}`);
report(
  'no-drift',
  {
    falseDrift: new Set([...seen.appliedAgain, ...seen.told]).size,
    objects: seen.objects,
    writes: seen.writes.length,
    kinds: seen.kinds,
    dryRuns: seen.dryRuns,
  },
  { falseDrift: atMost(0), objects: atLeast(200), writes: atMost(0) },
  { fullChecks: seen.fullChecks },
);
