// How long a manual change lasts: managed objects edited and deleted by hand, one after the other; from the API
// server's answer to the hand until the object is seen as it should be.

import { createKubeClient } from '@muster/kube';
import { startCluster } from '@muster/testing';
import { configMaps, nameOf } from './support/config-maps.ts';
import { LiveObjects } from './support/live-objects.ts';
import { atMost, progress, quick, report } from './support/report.ts';
import { percentile, rounded } from './support/statistics.ts';
import { startStubAgent } from './support/stub-agent.ts';

const EACH = quick ? 5 : 20;
const NAMESPACE = 'healed';

const cluster = await startCluster();
const agent = await startStubAgent(cluster);
const kube = createKubeClient(cluster.config);
try {
  const objects = configMaps(EACH * 2, 1024, 'healed');
  agent.hub.announce([{ name: 'healed', namespace: NAMESPACE, objects }]);
  await agent.hub.status('healed', (status) => status.sync === 1);
  const resource = (await kube.resourceFor('', 'v1', 'ConfigMap'))!;
  const live = new LiveObjects(kube, resource, NAMESPACE);
  const wanted = new Map(
    objects.map((bytes) => [nameOf(bytes), dataOf(JSON.parse(Buffer.from(bytes).toString()))]),
  );
  const names = [...wanted.keys()];

  progress(`editing ${EACH} objects`);
  const edits: number[] = [];
  for (const name of names.slice(0, EACH)) {
    await live.seen(name, (object) => object !== undefined);
    await kube.mergePatch(resource, { namespace: NAMESPACE, name }, { data: { value: 'edited by hand' } });
    const answered = performance.now();
    await live.seen(name, (object) => dataOf(object) === 'edited by hand');
    edits.push((await live.seen(name, (object) => dataOf(object) === wanted.get(name))) - answered);
  }

  progress(`deleting ${EACH} others`);
  const deletes: number[] = [];
  for (const name of names.slice(EACH)) {
    const { uid } = (await kube.get(resource, { namespace: NAMESPACE, name })).metadata;
    await kube.delete(resource, { namespace: NAMESPACE, name });
    const answered = performance.now();
    deletes.push(
      (await live.seen(name, (object) => object !== undefined && object.metadata.uid !== uid)) - answered,
    );
  }
  live.close();

  report(
    'heal',
    {
      editMsP95: rounded(percentile(edits, 95)),
      deleteMsP95: rounded(percentile(deletes, 95)),
      editMsP50: rounded(percentile(edits, 50)),
      deleteMsP50: rounded(percentile(deletes, 50)),
    },
    { editMsP95: atMost(200), deleteMsP95: atMost(200) },
    { edited: EACH, deleted: EACH, owned: EACH * 2 },
  );
} finally {
  await agent.stop();
  await kube.close();
  await cluster.stop();
}

function dataOf(object: unknown): string | undefined {
  return (object as { data?: { value?: string } } | undefined)?.data?.value;
}
