import { expect, it } from 'vitest';
import { listed } from './listed.ts';
import type { ObjectStatus } from './model.ts';

const object = (name: string, differences: number): ObjectStatus => ({
  object: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name },
  sync: 'OutOfSync',
  health: 'Healthy',
  reason: 'Drifted',
  message: '',
  differences: Array.from({ length: differences }, (_, n) => ({
    path: `/data/${n}`,
    desired: '1',
    live: '2',
    manager: 'kubectl-edit',
  })),
});

it('lists no more than a hundred objects, with no more than two hundred differences in all', () => {
  const objects = Array.from({ length: 150 }, (_, n) => object(`a-${n}`, 20));
  const told = listed(objects);
  expect(told).toHaveLength(100);
  expect(told.map(({ differences }) => differences?.length ?? 0).slice(8, 12)).toEqual([20, 20, 0, 0]);
});

it('leaves out the field where there is nothing to list', () => {
  expect(listed([object('a', 0)])[0]).not.toHaveProperty('differences');
});
