import { openStore } from '@muster/store';

/** A process that has a store open, and that a test kills. */
const store = await openStore({ dataDir: process.argv[2]! });
await store.sql.rows(`insert into pauses values ('All', '', 'kept', 'me', now())`);
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
