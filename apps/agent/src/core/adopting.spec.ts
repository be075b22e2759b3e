import { KubeApiError } from '@muster/kube';
import type { KubeObject, ManagedFieldsEntry } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { applyAdopting, wasThere } from './adopting.ts';
import { configMaps, fleet } from './testing.ts';

const id = '/ConfigMap/shop/a';
const fields = (...names: string[]) => ({
  'f:data': Object.fromEntries(names.map((name) => [`f:${name}`, {}])),
});
const entry = (manager: string, names: string[], apiVersion = 'v1'): ManagedFieldsEntry => ({
  manager,
  operation: manager === 'muster' ? 'Apply' : 'Update',
  apiVersion,
  fieldsV1: fields(...names),
});
const object = (managedFields: readonly ManagedFieldsEntry[], metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'shop', uid: 'u', resourceVersion: '7', managedFields, ...metadata },
});

/** A cluster's side of an adoption: what it holds at each look, and what was asked of it, in order. */
function adoption(looks: readonly (KubeObject | undefined)[], patches: readonly ('ok' | 'conflict')[] = []) {
  const asked: string[] = [];
  let live: KubeObject | undefined;
  const left = [...looks];
  const answers = [...patches];
  return {
    asked,
    options: {
      id,
      fleet,
      resource: configMaps,
      look: async () => {
        asked.push('look');
        return (live = left.shift());
      },
      patch: async (operations: readonly { readonly value?: unknown }[]) => {
        asked.push('patch');
        if (answers.shift() === 'conflict') throw new KubeApiError(409, 'Conflict', 'modified');
        return (live = object(operations[0]?.value as ManagedFieldsEntry[]));
      },
      // The manifest has `kept` only.
      apply: async () => {
        asked.push('apply');
        const others = (live?.metadata.managedFields ?? []).filter((it) => it.manager !== 'muster');
        return (live = object([entry('muster', ['kept']), ...others]));
      },
      onTaken: (from: readonly string[]) => void asked.push(`took from ${from.join()}`),
    },
  };
}

describe('adopting an object', () => {
  it('moves what a former tool owns before it applies', async () => {
    const { asked, options } = adoption([object([entry('helm', ['kept', 'old']), entry('hpa', ['n'])])]);
    const applied = await applyAdopting(options);
    expect(asked).toEqual(['look', 'patch', 'took from helm', 'apply']);
    expect(applied.metadata.managedFields).toEqual([entry('muster', ['kept']), entry('hpa', ['n'])]);
  });

  it('asks for one look and one apply where no former tool owns anything', async () => {
    const { asked, options } = adoption([object([entry('operator', ['kept'])])]);
    await applyAdopting(options);
    expect(asked).toEqual(['look', 'apply']);
  });

  it('makes the object when it is gone meanwhile', async () => {
    const { asked, options } = adoption([undefined]);
    await applyAdopting(options);
    expect(asked).toEqual(['look', 'apply']);
  });

  it('looks again when somebody wrote the object since', async () => {
    const held = object([entry('helm', ['kept', 'old'])]);
    const { asked, options } = adoption([held, held], ['conflict', 'ok']);
    await applyAdopting(options);
    expect(asked).toEqual(['look', 'patch', 'look', 'patch', 'took from helm', 'apply']);
  });

  it('applies between tools that wrote in different versions', async () => {
    const { asked, options } = adoption([
      object([entry('helm', ['kept', 'old']), entry('kubectl-create', ['older'], 'v1beta1')]),
    ]);
    const applied = await applyAdopting(options);
    expect(asked).toEqual([
      'look',
      'patch',
      'took from helm',
      'apply',
      'patch',
      'took from kubectl-create',
      'apply',
    ]);
    expect(applied.metadata.managedFields).toEqual([entry('muster', ['kept'])]);
  });

  it('leaves an object alone that another fleet took since the plan', async () => {
    const marks = {
      labels: { 'muster.dev/fleet': 'another', 'muster.dev/bundle': 'theirs' },
      annotations: { 'muster.dev/object': id },
    };
    const { asked, options } = adoption([object([entry('helm', ['kept'])], marks)]);
    await expect(applyAdopting(options)).rejects.toMatchObject({
      reason: 'OwnedByOther',
      message: 'it belongs to fleet another (bundle theirs)',
    });
    expect(asked).toEqual(['look']);
  });

  it('gives up for now where others never stop writing', async () => {
    const held = object([entry('helm', ['kept', 'old'])]);
    const { asked, options } = adoption(
      Array.from({ length: 20 }, () => held),
      Array.from({ length: 20 }, () => 'conflict' as const),
    );
    await expect(applyAdopting(options)).rejects.toMatchObject({ reason: 'Conflict' });
    expect(asked).not.toContain('apply');
  });

  it('tells an object that was there from one that an apply made', () => {
    expect(wasThere(object([entry('muster', ['kept'])]))).toBe(false);
    expect(wasThere(object([entry('muster', ['kept']), entry('kubectl-create', ['old'])]))).toBe(true);
    expect(wasThere(object([]))).toBe(false);
  });
});
