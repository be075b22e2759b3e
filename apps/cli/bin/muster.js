#!/usr/bin/env node
/*
 * Starts the built CLI. Kept in JavaScript that an old Node understands, because it may well be one: the checkout
 * brings its own Node, and this hands over to that.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
const here = dirname(fileURLToPath(import.meta.url));
const program = join(here, '..', 'dist', 'main.js');

if (!existsSync(program)) {
  process.stderr.write(
    `muster: it isn't built yet, for there is no ${program}. Build it with: npm run build\n`,
  );
  process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  nodeModule.enableCompileCache?.();
  await import(pathToFileURL(program).href);
} else {
  runWithOwnNode();
}

/** The `node` package's own launcher finds the program for this platform. */
function runWithOwnNode() {
  let node;
  try {
    node = join(
      dirname(nodeModule.createRequire(import.meta.url).resolve('node/package.json')),
      'bin',
      'node',
    );
  } catch {
    node = undefined;
  }
  if (node === undefined || !existsSync(node)) {
    process.stderr.write(
      `muster: Node ${NEEDED_MAJOR} is needed, and this is ${process.versions.node}. Install it, or run: npm install\n`,
    );
    process.exitCode = 2;
    return;
  }
  const running = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A hub or an agent stops in its own time, and nobody is to take it for stopped before. Ctrl-C a terminal sends to
  // both; what is sent to this process alone is handed on.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
  process.on('SIGTERM', () => running.kill('SIGTERM'));
  running.on('exit', (code) => process.exit(code ?? 1));
}
