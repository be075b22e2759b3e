import { expect, test } from 'vitest';
import { faultOfOutput } from './errors.ts';

test.each([
  ['FATAL:  could not write to file "pg_wal/xlogtemp.91": No space left on device', 'disk-full'],
  ['FATAL:  database files are incompatible with server', 'version-mismatch'],
  ['initdb: error: could not create directory "db": Permission denied', 'no-rights'],
  ['initdb: error: could not create directory "db": Read-only file system', 'no-rights'],
  ['FATAL:  could not create shared memory segment', 'failed'],
])('%s means %s', (output, fault) => {
  expect(faultOfOutput(output)).toBe(fault);
});
