import { expect, test } from 'vitest';
import { isFleetFile } from './fleet-file.ts';

test.each(['muster.yaml', 'apps/checkout/muster.yaml', 'clusters/eu.muster.yaml'])(
  '%s is a fleet file',
  (path) => {
    expect(isFleetFile(path)).toBe(true);
  },
);

test.each(['muster.yml', 'xmuster.yaml', 'muster.yaml/deployment.yaml', '.muster.yaml', 'muster.yaml.bak'])(
  '%s is no fleet file',
  (path) => {
    expect(isFleetFile(path)).toBe(false);
  },
);
