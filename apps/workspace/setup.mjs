// The first thing that runs on a fresh machine: needs Node and nothing else. It installs the npm packages
// when they are missing or out of date, and hands over to the pinned Node that came with them.
//
//   node apps/workspace/setup.mjs start|test|bench|build|check [arguments]

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? '.', '../..');
const minimumNode = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < minimumNode[0] || (major === minimumNode[0] && minor < minimumNode[1])) {
  fail(
    `Muster's set-up needs Node ${minimumNode.join('.')} or newer; this is ${process.versions.node}. Install a newer Node and run this again.`,
  );
}

const packages = join(root, 'node_modules');
const stamp = join(packages, '.muster-lock-digest');
const lockDigest = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const pinnedNode = join(packages, 'node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(pinnedNode) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockDigest) {
  console.error('• Installing npm packages (a minute or two the first time)');
  run(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    'npm could not install the packages. Its message stands above; a proxy or registry setting is the usual cause.',
  );
  writeFileSync(stamp, lockDigest);
}

const program = spawn(
  pinnedNode,
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'apps/workspace/src/main.ts'),
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: [join(packages, '.bin'), process.env.PATH].join(delimiter) },
  },
);
// The terminal sends Ctrl-C to the whole group: the program stops by itself, and the prompt comes back after it.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
process.on('SIGTERM', () => program.kill('SIGTERM'));
program.on('exit', (code) => process.exit(code ?? 1));

function run(command, args, hint) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (done.error !== undefined) fail(`${command} could not be started: ${done.error.message}`);
  if (done.status !== 0) fail(hint);
}

function fail(message) {
  console.error(`✗ ${message}`);
  process.exit(1);
}
