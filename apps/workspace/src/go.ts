import { inRoot } from './paths.ts';
import { run, runToEnd, StepFailed } from './run.ts';

/** The newest language version that a `go.mod` of ours asks for. */
const NEEDED = { major: 1, minor: 26 } as const;

/** Says what to install when Go is missing or too old: it is a compiler, and not ours to put on somebody's machine. */
export async function requireGo(): Promise<void> {
  const wanted = `Go ${NEEDED.major}.${NEEDED.minor} or newer is needed to build the render worker`;
  const { code, output } = await runToEnd('go', ['version'], { quiet: true });
  if (code !== 0)
    throw new StepFailed(
      `${wanted}, and no \`go\` is on the PATH. Install it from your package manager or go.dev, and run this again.`,
    );
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(output) ?? [];
  if (Number(major) === NEEDED.major && Number(minor) < NEEDED.minor) {
    throw new StepFailed(`${wanted}; this is ${output.trim()}. Install a newer one, and run this again.`);
  }
}

/** The render worker's own checks: format, vet, tests. */
export async function checkWorker(): Promise<void> {
  await requireGo();
  const cwd = inRoot('libs/render/worker');
  const { output } = await runToEnd('gofmt', ['-l', cwd, inRoot('test/kubernetes')], { quiet: true });
  if (output.trim() !== '') throw new StepFailed(`gofmt would change:\n${output}`);
  await run('go', ['vet', './...'], { cwd, quiet: true });
  await run('go', ['test', './...'], { cwd, quiet: true });
}
