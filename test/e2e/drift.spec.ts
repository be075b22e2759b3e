import { createKubeClient } from '@muster/kube';
import type { JsonPatchOperation, KubeClient, KubeObject } from '@muster/kube';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlOf, startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, eventually, fleet } from './agent-process.ts';
import { defineWidgets, widget, widgets } from './drift-widgets.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kubectl']);

type Fields = Record<string, unknown>;
type Seen = Record<'spec' | 'labels' | 'annotations', Fields>;

describe.skipIf(why !== undefined)('what another manager does to an object of ours', () => {
  let cluster: TestCluster;
  /** Somebody with kubectl: updates, no applies. */
  let somebody: KubeClient;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster();
    somebody = createKubeClient(cluster.config, { fieldManager: 'kubectl-edit' });
    await defineWidgets(somebody);
    agent = await AgentProcess.on(cluster.kubeconfig);
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await somebody.close();
    await cluster.stop();
  });

  const kubectl = async (args: readonly string[], input?: object, env = {}): Promise<string> =>
    (await kubectlOf(cluster))(args, { ...(input && { input }), env });
  const key = (name: string) => ({ namespace: 'shop', name });
  const read = (name: string) => somebody.get(widgets, key(name));
  const specOf = (object: KubeObject) => object['spec'] as Fields;
  const asManifested = (name: string): Seen => ({
    spec: specOf(widget('x') as KubeObject),
    labels: { 'muster.dev/bundle': 'shop', 'muster.dev/fleet': fleet, team: 'a' },
    annotations: { 'muster.dev/object': `drift.example.com/Widget/shop/${name}`, note: 'ours' },
  });

  /** The fields that the manifest names, and whatever else a case put beside them. */
  function seen(object: KubeObject): Seen {
    const { defaulted: _, ...spec } = specOf(object);
    const { labels = {}, annotations = {} } = object.metadata;
    return { spec, labels, annotations };
  }

  const patch = (op: JsonPatchOperation['op'], path: string, value?: unknown) => (name: string) =>
    somebody.jsonPatch(widgets, key(name), [{ op, path, ...(value !== undefined && { value }) }]);

  const applyAsOther =
    (spec: object, metadata: object = {}) =>
    (name: string) =>
      somebody.apply(
        widgets,
        key(name),
        Buffer.from(
          JSON.stringify({
            apiVersion: 'drift.example.com/v1',
            kind: 'Widget',
            metadata: { name, namespace: 'shop', ...metadata },
            spec,
          }),
        ),
        { fieldManager: 'other', force: true },
      );

  const found: [string, (name: string) => Promise<unknown>][] = [
    ['a label that is changed', patch('replace', '/metadata/labels/team', 'b')],
    ['a label that is removed', patch('remove', '/metadata/labels/team')],
    ['a label that is applied by another', applyAsOther({}, { labels: { team: 'b' } })],
    ['an annotation that is changed', patch('replace', '/metadata/annotations/note', 'theirs')],
    ['an annotation that is removed', patch('remove', '/metadata/annotations/note')],
    ['a scalar that is changed', patch('replace', '/spec/scalar', 2)],
    ['a scalar that is removed', patch('remove', '/spec/scalar')],
    ['a scalar that is applied by another', applyAsOther({ scalar: 2 })],
    ["a map's key that is changed", patch('replace', '/spec/map/a', '9')],
    ["a map's key that is removed", patch('remove', '/spec/map/a')],
    ['a map that is removed', patch('remove', '/spec/map')],
    ["a list item's field that is changed", patch('replace', '/spec/keyed/0/value', '9')],
    ["a list item's field that is removed", patch('remove', '/spec/keyed/0/value')],
    ['a list item that is removed', patch('remove', '/spec/keyed/0')],
    ['a list item that is applied by another', applyAsOther({ keyed: [{ name: 'two', value: '9' }] })],
    ['an item that is removed from a set', patch('remove', '/spec/set/0')],
    ['an atomic list that is changed', patch('replace', '/spec/atomicList/0', 'r')],
    ['an item that is added to an atomic list', patch('add', '/spec/atomicList/-', 'r')],
    ['an item that is removed from an atomic list', patch('remove', '/spec/atomicList/0')],
    ['an atomic list that is applied by another', applyAsOther({ atomicList: ['p', 'q', 'r'] })],
    ['an atomic map that is changed', patch('replace', '/spec/atomicMap/a', '9')],
    ['a key that is added to an atomic map', patch('add', '/spec/atomicMap/b', '9')],
    ['a key that is applied into an atomic map by another', applyAsOther({ atomicMap: { a: '1', b: '9' } })],
    ['a preserved field that is changed', patch('replace', '/spec/preserved/deep/a', 2)],
    ['a preserved field that is removed', patch('remove', '/spec/preserved/deep')],
    ['an item that is added to a preserved list', patch('add', '/spec/preserved/list/-', { b: 2 })],
    ['a field that is added to an item of a preserved list', patch('add', '/spec/preserved/list/0/b', 2)],
    ['our own label that is removed', patch('remove', '/metadata/labels/muster.dev~1bundle')],
    ["the fleet's label that is removed", patch('remove', '/metadata/labels/muster.dev~1fleet')],
    ['the mark of the object that is removed', patch('remove', '/metadata/annotations/muster.dev~1object')],
  ];

  const unseen: [string, (name: string) => Promise<unknown>][] = [
    ['a label that is added', patch('add', '/metadata/labels/extra', '1')],
    ['a key that is added to a map', patch('add', '/spec/map/c', '3')],
    ['a key that is applied into a map by another', applyAsOther({ map: { c: '3' } })],
    ['an item that is added to a list by key', patch('add', '/spec/keyed/-', { name: 'three' })],
    ['an item that is applied into a list by another', applyAsOther({ keyed: [{ name: 'three' }] })],
    ["a field that is added to a list's item", patch('add', '/spec/keyed/0/extra', 'x')],
    ['an item that is added to a set', patch('add', '/spec/set/-', 'z')],
    ['a field that the manifest does not have', patch('add', '/spec/other', 'x')],
    ['a field that is added within a preserved one', patch('add', '/spec/preserved/deep/b', 2)],
    ['a field that is added to an empty map of the manifest', patch('add', '/spec/preserved/empty/b', 2)],
  ];

  const cases = [...found, ...unseen];
  const nameOf = (change: unknown) => `w-${cases.findIndex(([, it]) => it === change)}`;

  it('is there to be done to', async () => {
    agent.start();
    await agent.say({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: cases.map(([, it]) => widget(nameOf(it))) },
      ],
    });
    await agent.untilSynced('shop');
    expect(seen(await read('w-0'))).toEqual(asManifested('w-0'));
  }, 60_000);

  it.each(found)('is found and corrected: %s', async (_, change) => {
    const name = nameOf(change);
    await change(name);
    await eventually(
      async () => seen(await read(name)),
      (now) => JSON.stringify(sorted(now)) === JSON.stringify(sorted(asManifested(name))),
      5_000,
    );
  });

  /** A change that is seen comes after it: when that one is corrected, the other was not. */
  it.each(unseen)('is not seen, because the manifest says nothing of it: %s', async (_, change) => {
    const name = nameOf(change);
    await change(name);
    const after = seen(await read(name));
    expect(after).not.toEqual(asManifested(name));
    await patch('replace', '/spec/scalar', 7)(name);
    await eventually(
      () => read(name),
      (object) => specOf(object)['scalar'] === 1,
      5_000,
    );
    expect(seen(await read(name))).toEqual(after);
    await agent.untilSynced('shop');
  });

  describe('with kubectl', () => {
    const corrected = (name: string) =>
      eventually(
        () => read(name),
        (object) => specOf(object)['scalar'] === 1 && object.metadata.labels?.['team'] === 'a',
        5_000,
      );

    it('is found and corrected: kubectl edit', async () => {
      const editor = join(cluster.folder, 'editor.sh');
      await writeFile(editor, '#!/bin/sh\nsed -i \'s/scalar: 1/scalar: 5/; s/team: a/team: c/\' "$1"\n');
      await chmod(editor, 0o755);
      await kubectl(['edit', '-n', 'shop', 'widgets/w-0'], undefined, { KUBE_EDITOR: editor });
      await corrected('w-0');
    });

    it('is found and corrected: kubectl patch, label and apply --server-side', async () => {
      await kubectl(['patch', '-n', 'shop', 'widgets/w-1', '--type=merge', '-p', '{"spec":{"scalar":5}}']);
      await corrected('w-1');
      await kubectl(['label', '-n', 'shop', 'widgets/w-1', 'team=c', '--overwrite']);
      await corrected('w-1');
      const theirs = { ...(widget('w-1', { scalar: 5 }) as KubeObject) };
      await kubectl(['apply', '-n', 'shop', '--server-side', '--force-conflicts', '-f', '-'], theirs);
      await corrected('w-1');
    });

    it("costs no write when somebody applies the manifest's own values in our name", async () => {
      await agent.untilSynced('shop');
      const before = await read('w-2');
      await kubectl(
        ['apply', '-n', 'shop', '--server-side', '--field-manager=muster', '-f', '-'],
        markedAs(before, widget('w-2') as KubeObject),
      );
      const theirs = (await read('w-2')).metadata.resourceVersion;
      await patch('replace', '/spec/scalar', 9)('w-0');
      await corrected('w-0');
      await agent.untilSynced('shop');
      expect((await read('w-2')).metadata.resourceVersion).toBe(theirs);
    });

    it('is not seen: a status, which no manifest has', async () => {
      await kubectl([
        ...['patch', '-n', 'shop', 'widgets/w-3', '--subresource=status', '--type=merge'],
        ...['-p', '{"status":{"phase":"Done"}}'],
      ]);
      const theirs = (await read('w-3')).metadata.resourceVersion;
      await patch('replace', '/spec/scalar', 9)('w-0');
      await corrected('w-0');
      await agent.untilSynced('shop');
      expect((await read('w-3')).metadata.resourceVersion).toBe(theirs);
    });
  });

  it('is found and corrected: a deletion', async () => {
    await somebody.delete(widgets, key('w-4'));
    await eventually(
      () => read('w-4').catch(() => undefined),
      (object) => object !== undefined && specOf(object)['scalar'] === 1,
      5_000,
    );
  });
});

/** What somebody would have to apply to say exactly what we say. */
function markedAs(live: KubeObject, manifest: KubeObject): object {
  const marks = (of: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => name.startsWith('muster.dev/')));
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...marks(live.metadata.labels) },
      annotations: { ...metadata.annotations, ...marks(live.metadata.annotations) },
    },
  };
}

/** Sets and named items have no order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, sorted(member)] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}
