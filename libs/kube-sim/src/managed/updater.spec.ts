import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptySet, intersection, isEmpty, pathsOf, setOf, type FieldSet } from '../fields/field-set.ts';
import { objectAt, type JsonObject } from '../json/value.ts';
import { normalize } from '../schema/normalize.ts';
import { configMapSchema, deploymentSchema } from '../testing/schemas.ts';
import { reportOf } from './conflict.ts';
import { managedFieldsOf, type Manager, type Managers } from './managers.ts';
import { applyConfig, updateManagers, type WriteContext, type Writer } from './updater.ts';

const configMaps: WriteContext = { schema: configMapSchema, ignored: emptySet };
const deployments: WriteContext = { schema: deploymentSchema, ignored: setOf(['f:status']) };

const writer = (name: string, time = '2026-01-01T00:00:00Z'): Writer => ({
  name,
  apiVersion: 'v1',
  subresource: '',
  time,
});
/** Without data rather than with an empty map, which the server forgets, and its owners fight about in vain. */
const configMap = (data: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  ...(Object.keys(data).length > 0 && { data }),
});

interface State {
  readonly live: JsonObject;
  readonly managers: Managers;
}
const nothing: State = { live: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }, managers: new Map() };

/** What the server keeps has no empty maps and no nulls. */
const kept = (object: JsonObject, { schema }: WriteContext): JsonObject =>
  normalize(object, schema, { dropEmpty: true }).object;

const applied = (state: State, name: string, config: JsonObject, context = configMaps): State => {
  const outcome = applyConfig(context, state.live, config, state.managers, writer(name), true);
  if (outcome.kind === 'conflict') throw new Error('a forced apply has no conflicts');
  return { live: kept(outcome.object, context), managers: outcome.managers };
};
const updated = (state: State, name: string, next: JsonObject): State => {
  const live = kept(next, configMaps);
  return { live, managers: updateManagers(configMaps, state.live, live, state.managers, writer(name)) };
};
const of = (state: State, name: string): Manager | undefined =>
  [...state.managers.values()].find((manager) => manager.name === name);
const texts = (set: FieldSet | undefined): string[] =>
  [...pathsOf(set ?? emptySet)].map((one) => one.join(' '));
const data = ({ live }: State): JsonObject => objectAt(live, 'data') ?? {};

describe('server-side apply', () => {
  it('owns what it applies, and not what names the object', () => {
    const state = applied(nothing, 'muster', configMap({ a: '1' }));
    expect(texts(of(state, 'muster')?.fields)).toEqual(['f:data f:a']);
  });

  it('removes what it no longer applies', () => {
    const state = applied(
      applied(nothing, 'muster', configMap({ a: '1', b: '1' })),
      'muster',
      configMap({ a: '1' }),
    );
    expect(data(state)).toEqual({ a: '1' });
  });

  it('leaves what another applier owns too', () => {
    let state = applied(nothing, 'muster', configMap({ a: '1', b: '1' }));
    state = applied(state, 'other', configMap({ b: '1' }));
    state = applied(state, 'muster', configMap({ a: '1' }));
    expect(data(state)).toEqual({ a: '1', b: '1' });
    expect(texts(of(state, 'other')?.fields)).toEqual(['f:data f:b']);
  });

  it('leaves what nobody applied', () => {
    let state = applied(nothing, 'muster', configMap({ a: '1' }));
    state = updated(state, 'kubectl-edit', configMap({ a: '1', mine: '1' }));
    state = applied(state, 'muster', configMap({}));
    expect(data(state)).toEqual({ mine: '1' });
  });

  it('conflicts with a field that another manager set otherwise, and says which', () => {
    const state = applied(nothing, 'other', configMap({ a: '1' }));
    const outcome = applyConfig(
      configMaps,
      state.live,
      configMap({ a: '2' }),
      state.managers,
      writer('muster'),
      false,
    );
    expect(outcome.kind === 'conflict' && reportOf(outcome.conflicts)).toEqual({
      message: 'Apply failed with 1 conflict: conflict with "other": .data.a',
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "other"', field: '.data.a' }],
    });
  });

  it('takes the field from the other manager when it is forced', () => {
    const state = applied(
      applied(nothing, 'other', configMap({ a: '1', b: '1' })),
      'muster',
      configMap({ a: '2' }),
    );
    expect(texts(of(state, 'other')?.fields)).toEqual(['f:data f:b']);
    expect(data(state)).toEqual({ a: '2', b: '1' });
  });

  it('shares a field with the same value without a conflict', () => {
    const state = applied(nothing, 'other', configMap({ a: '1' }));
    const outcome = applyConfig(
      configMaps,
      state.live,
      configMap({ a: '1' }),
      state.managers,
      writer('muster'),
      false,
    );
    expect(outcome.kind).toBe('applied');
  });

  it('removes one container of two by its name', () => {
    const deployment = (...names: readonly string[]): JsonObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: names.map((name) => ({ name, image: 'x' })) } } },
    });
    const first = applied(
      { live: {}, managers: new Map() },
      'muster',
      deployment('web', 'sidecar'),
      deployments,
    );
    const second = applied(first, 'muster', deployment('web'), deployments);
    expect(objectAt(second.live, 'spec', 'template', 'spec')).toEqual({
      containers: [{ name: 'web', image: 'x', resources: {} }],
    });
  });

  it('does not own a status that it sends along', () => {
    const config = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'w' },
      status: { replicas: 3 },
    };
    const state = applied({ live: {}, managers: new Map() }, 'muster', config, deployments);
    expect(of(state, 'muster')).toBeUndefined();
  });
});

describe('an update', () => {
  it('owns what it changed, and takes that from the applier', () => {
    let state = applied(nothing, 'muster', configMap({ a: '1', b: '1' }));
    state = updated(state, 'kubectl-edit', configMap({ a: '2', b: '1' }));
    expect(texts(of(state, 'muster')?.fields)).toEqual(['f:data f:b']);
    expect(texts(of(state, 'kubectl-edit')?.fields)).toEqual(['f:data f:a']);
  });

  it('takes removed fields from everybody', () => {
    let state = applied(nothing, 'muster', configMap({ a: '1', b: '1' }));
    state = updated(state, 'kubectl-edit', configMap({ b: '1' }));
    expect(texts(of(state, 'muster')?.fields)).toEqual(['f:data f:b']);
    expect(of(state, 'kubectl-edit')).toBeUndefined();
  });

  it('changes no manager when it changes nothing', () => {
    const state = applied(nothing, 'muster', configMap({ a: '1' }));
    expect(updated(state, 'kubectl-edit', state.live).managers).toEqual(state.managers);
  });

  it('throws the oldest updaters together when there are more than ten', () => {
    let state = applied(nothing, 'muster', configMap({}));
    for (let i = 0; i < 15; i += 1) {
      const live = configMap({ ...data(state), [`key-${i}`]: '1' });
      const time = `2026-01-01T00:00:${String(i).padStart(2, '0')}Z`;
      const managers = updateManagers(
        configMaps,
        state.live,
        live,
        state.managers,
        writer(`editor-${i}`, time),
      );
      state = { live, managers };
    }
    const names = [...state.managers.values()]
      .filter(({ operation }) => operation === 'Update')
      .map(({ name }) => name);
    expect(names).toHaveLength(10);
    expect(names).toContain('ancient-changes');
    const owned = [...state.managers.values()].flatMap(({ fields }) => texts(fields));
    expect(owned.filter((text) => text.startsWith('f:data f:key-'))).toHaveLength(15);
  });
});

const keys = ['a', 'b', 'c', 'd'];
const anyData = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom('1', '2'), { maxKeys: 4 });
const anyStep = fc.record({
  kind: fc.constantFrom('apply' as const, 'update' as const),
  name: fc.constantFrom('one', 'two', 'three'),
  data: anyData,
});
const anyHistory = fc
  .array(anyStep, { maxLength: 8 })
  .map((steps) =>
    steps.reduce<State>(
      (state, step) =>
        step.kind === 'apply'
          ? applied(state, step.name, configMap(step.data))
          : updated(state, step.name, configMap(step.data)),
      nothing,
    ),
  );

describe('after any history of writes', () => {
  it('an apply shows in the object', () => {
    fc.assert(
      fc.property(anyHistory, anyData, (state, wanted) => {
        expect(data(applied(state, 'one', configMap(wanted)))).toMatchObject(wanted);
      }),
    );
  });

  it('the same apply again changes nothing', () => {
    fc.assert(
      fc.property(anyHistory, anyData, (state, wanted) => {
        const once = applied(state, 'one', configMap(wanted));
        const twice = applied(once, 'one', configMap(wanted));
        expect(twice.live).toEqual(once.live);
        expect(managedFieldsOf(twice.managers)).toEqual(managedFieldsOf(once.managers));
      }),
    );
  });

  it('applying nothing gives up exactly the fields that nobody else has', () => {
    fc.assert(
      fc.property(anyHistory, anyData, (state, wanted) => {
        const with_ = applied(state, 'one', configMap(wanted));
        const without = applied(with_, 'one', configMap({}));
        const others = [...with_.managers.values()].filter(
          ({ name, operation }) => name !== 'one' || operation !== 'Apply',
        );
        const shared = new Set(others.flatMap(({ fields }) => texts(fields)));
        for (const key of Object.keys(wanted)) {
          expect(key in data(without), key).toBe(shared.has(`f:data f:${key}`));
        }
        const appliers = [...without.managers.values()].filter(({ operation }) => operation === 'Apply');
        expect(appliers.map(({ name }) => name)).not.toContain('one');
      }),
    );
  });

  it('two managers own the same field only if an apply of the one found it as it wanted', () => {
    fc.assert(
      fc.property(anyHistory, anyData, anyData, (state, first, second) => {
        const one = applied(state, 'one', configMap(first));
        const two = applied(one, 'two', configMap(second));
        const appliers = [...two.managers.values()].filter(({ operation }) => operation === 'Apply');
        const fieldsOf = (name: string): FieldSet =>
          appliers.find((manager) => manager.name === name)?.fields ?? emptySet;
        const shared = intersection(fieldsOf('one'), fieldsOf('two'));
        if (isEmpty(shared)) return;
        for (const path of texts(shared)) {
          const key = path.replace('f:data f:', '');
          expect(first[key]).toBe(second[key]);
        }
      }),
    );
  });

  it('nobody owns a field that is not there', () => {
    fc.assert(
      fc.property(anyHistory, (state) => {
        for (const path of [...state.managers.values()].flatMap(({ fields }) => texts(fields))) {
          if (path !== 'f:data') expect(data(state)).toHaveProperty(path.replace('f:data f:', ''));
        }
      }),
    );
  });
});
