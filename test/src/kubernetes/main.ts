import { parseArgs } from 'node:util';
import { startClusters } from './clusters.ts';

const help = `usage: node test/src/kubernetes/main.ts [--clusters N] [--controllers] [--kwok]

Starts real Kubernetes clusters on the loopback and prints a kubeconfig for each; Ctrl-C stops them.

  --clusters N    how many (1)
  --controllers   with a controller manager each
  --kwok          with a controller manager, a scheduler and a fake node each, so that pods become ready
`;

const { values } = parseArgs({
  options: {
    clusters: { type: 'string', default: '1' },
    controllers: { type: 'boolean', default: false },
    kwok: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const count = Number(values.clusters);

if (values.help) {
  process.stdout.write(help);
} else if (!Number.isInteger(count) || count < 1) {
  process.stderr.write(help);
  process.exitCode = 2;
} else {
  const running = await startClusters(count, {
    controllerManager: values.controllers || values.kwok,
    scheduler: values.kwok,
    kwok: values.kwok,
  });
  for (const { name, kubeconfig, url } of running.clusters) {
    process.stdout.write(`${name}  ${url}  export KUBECONFIG=${kubeconfig}\n`);
  }
  // The pipes of the components don't keep this process alive; this does, until it is told to stop.
  const alive = setInterval(() => {}, 60_000);
  const stop = (): void => {
    clearInterval(alive);
    void running.stop();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
