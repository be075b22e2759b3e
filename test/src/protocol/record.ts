/**
 * Records the golden frames: `node test/src/protocol/record.ts`. Writes those that are missing, and the README; never
 * changes one that exists, because agents in the field go on sending it. Exits 1 when today's code would encode a
 * message differently than it was recorded.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentialFrames } from './credentials-frames.ts';
import { frames } from './frames.ts';
import type { Frame } from './frames.ts';
import { goldenFolder } from './golden.ts';

await mkdir(goldenFolder, { recursive: true });
const stable = frames();
const once = await credentialFrames();
const different: string[] = [];
for (const frame of stable) if ((await record(frame)) === 'different') different.push(frame.name);
const isFirst = (await recorded('authority')) === undefined;
if (isFirst) for (const frame of once) await record(frame);
await writeFile(join(goldenFolder, 'README.md'), readme([...stable, ...once]));
if (different.length > 0) {
  process.stderr.write(`encoded differently than recorded: ${different.join(', ')}\n`);
  process.exitCode = 1;
}

async function record(frame: Frame): Promise<'written' | 'same' | 'different'> {
  const existing = await recorded(frame.name);
  if (existing !== undefined) return existing.equals(frame.bytes) ? 'same' : 'different';
  await writeFile(join(goldenFolder, `${frame.name}.bin`), frame.bytes);
  return 'written';
}

async function recorded(name: string): Promise<Buffer | undefined> {
  return readFile(join(goldenFolder, `${name}.bin`)).catch(() => undefined);
}

function readme(all: readonly Frame[]): string {
  const rows = all.map(
    ({ name, from, message, what }) => `| \`${name}.bin\` | ${from} | ${message} | ${what} |`,
  );
  return [
    '# Frames of version 1 of the agent protocol',
    '',
    'Each file is one message, protobuf, as it stands in a gRPC frame. They are what agents and hubs of this version',
    'send, and every later hub must understand them: `test/protocol/replay.spec.ts` plays them to today’s ends. A frame',
    'that exists is never changed. Missing ones are recorded by `node test/src/protocol/record.ts`; what they say is in',
    '`test/src/protocol/frames.ts`. To read one: `npx buf convert proto --type=muster.agent.v1.<message> --from=<file>`.',
    '',
    '| file | from | message | what it says |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
