import { it } from 'vitest';
import { startApi, replica } from './support/api.ts';
import { addBundles, assign, enrol, connect, report, statusOf } from './support/api-seed.ts';
import { writeFileSync } from 'node:fs';
it('scale', async () => {
  const api = await startApi(); const sql = api.store.sql;
  const bundles = Array.from({ length: 50 }, (_, i) => `b-${i}`);
  await addBundles(sql, bundles.map((name) => ({ name })), Array.from({ length: 5 }, (_, i) => ({ kind: 'ConfigMap', name: `c-${i}`, namespace: 'x' })));
  const ids: string[] = []; 
  for (let i = 0; i < 500; i++) ids.push(await enrol(sql, `c-${i}`, { region: i % 2 ? 'eu' : 'us' }));
  await assign(sql, ids, bundles);
  for (let i = 0; i < 500; i++) { const s = await connect(sql, ids[i]!, `c-${i}`); await report(sql, bundles.map((b) => statusOf({ id: ids[i]!, session: s }, b))); }
  await sql.rows('analyze');
  const out: string[] = [];
  for (const path of ['clusters?limit=1000', 'clusters?limit=10', 'clusters/c-7', 'bundles', 'bundles/b-3', 'assignments', 'assignments?cluster=c-7', 'assignments?sort=health&limit=20', 'assignments?limit=1000','assignments/c-7/b-3', 'assignments?labelSelector=region%3Deu', 'objects', 'objects?cluster=c-7', 'objects?sort=health&limit=20','objects?bundle=b-3', 'status']) {
    await sql.rows('select 1');
    const t: number[] = [];
    for (let i = 0; i < 4; i++) { await api.store.sql.rows(`update replicas set heartbeat_at = now()`); const a = performance.now(); const r = await api.call('GET', `/api/v1/${path}`); t.push(performance.now() - a); if (r.status !== 200) out.push(r.text); }
    out.push(`${path}: ${t.map((x) => x.toFixed(0)).join(' ')}`);
  }
  { const a = performance.now(); api.changes.listen(()=>undefined); await api.look(); out.push(`look ${performance.now()-a}`); }
  console.log(out.join('\n'));
  await api.close();
}, 300000);
