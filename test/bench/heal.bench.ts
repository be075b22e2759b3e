// How long a manual change lasts, with 2,000 objects owned: managed objects edited and deleted by hand, one after the
// other, and fifty edited at once; from the API server's answer to the hand until the object is seen as it should be
// (of fifty: from the first answer until the last one is).

import { createKubeClient, type KubeObject } from '@muster/kube';
import { startCluster } from '@muster/testing';
import { configMaps, nameOf } from './support/config-maps.ts';
import { LiveObjects } from './support/live-objects.ts';
import { atMost, progress, quick, report } from './support/report.ts';
import { median, percentile, rounded } from './support/statistics.ts';
import { startStubAgent } from './support/stub-agent.ts';

const OWNED = 2000;
const EACH = quick ? 5 : 40;
const FIFTY = 50;
const ROUNDS = quick ? 3 : 20;
const NAMESPACE = 'healed';

const cluster = await startCluster();
const agent = await startStubAgent(cluster);
const kube = createKubeClient(cluster.config);
try {
  const objects = configMaps(OWNED, 1024, 'healed');
  agent.hub.announce([{ name: 'healed', namespace: NAMESPACE, objects }]);
  await agent.hub.status('healed', (status) => status.sync === 1);
  const resource = (await kube.resourceFor('', 'v1', 'ConfigMap'))!;
  const live = new LiveObjects(kube, resource, NAMESPACE);
  await live.count(() => true, OWNED);
  const wanted = new Map(
    objects.map((bytes) => [nameOf(bytes), dataOf(JSON.parse(Buffer.from(bytes).toString()))]),
  );
  // No object is touched twice: who edits the same again and again is a fight, which ends by another rule.
  const names = [...wanted.keys()];

  /** Resolves with when it was answered, and when the object was seen as wanted after that. */
  const edit = async (name: string): Promise<{ readonly answered: number; readonly healed: number }> => {
    const edited = await kube.mergePatch(
      resource,
      { namespace: NAMESPACE, name },
      { data: { value: 'edited by hand' } },
    );
    const answered = performance.now();
    const isHealed = (object: KubeObject | undefined): boolean =>
      object !== undefined && versionOf(object) > versionOf(edited) && dataOf(object) === wanted.get(name);
    return { answered, healed: await live.seen(name, isHealed) };
  };

  progress(`editing ${EACH} objects`);
  const edits: number[] = [];
  for (const name of names.splice(0, EACH)) {
    const { answered, healed } = await edit(name);
    edits.push(healed - answered);
  }

  progress(`deleting ${EACH} others`);
  const deletes: number[] = [];
  for (const name of names.splice(0, EACH)) {
    const { uid } = (await kube.get(resource, { namespace: NAMESPACE, name })).metadata;
    await kube.delete(resource, { namespace: NAMESPACE, name });
    const answered = performance.now();
    deletes.push(
      (await live.seen(name, (object) => object !== undefined && object.metadata.uid !== uid)) - answered,
    );
  }

  progress(`editing ${FIFTY} others at once, ${ROUNDS} times`);
  const fifties: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const edited = await Promise.all(names.splice(0, FIFTY).map(edit));
    const first = Math.min(...edited.map(({ answered }) => answered));
    fifties.push(Math.max(...edited.map(({ healed }) => healed)) - first);
  }
  live.close();

  report(
    'heal',
    {
      editMsP95: rounded(percentile(edits, 95)),
      deleteMsP95: rounded(percentile(deletes, 95)),
      fiftyMsP95: rounded(percentile(fifties, 95)),
      editMsP50: rounded(median(edits)),
      deleteMsP50: rounded(median(deletes)),
      fiftyMsP50: rounded(median(fifties)),
    },
    { editMsP95: atMost(200), deleteMsP95: atMost(200), fiftyMsP95: atMost(1500) },
    { owned: OWNED, edited: EACH, deleted: EACH, fifties: ROUNDS },
  );
} finally {
  await agent.stop();
  await kube.close();
  await cluster.stop();
}

function dataOf(object: unknown): string | undefined {
  return (object as { data?: { value?: string } } | undefined)?.data?.value;
}

function versionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion);
}
