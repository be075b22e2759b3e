import { colours } from './colours.ts';
import type { Folders } from './folders.ts';

const { bold, dim, cyan } = colours;

export interface TourStop {
  readonly title: string;
  readonly command: string;
  readonly shows: string;
}

/** Five things to try, each as a command that works when it is pasted into another terminal in the checkout. */
export function tourStops(folders: Folders, hubPidFile: string, checkout: string): readonly TourStop[] {
  const repo = quoted(folders.repo);
  const kubeconfig = quoted(`${folders.cluster('prod-eu')}/kubeconfig`);
  return [
    {
      title: 'Change one line and commit',
      command: `sed -i.bak "s/greeting: .*/greeting: 'it is $(date +%T)'/" ${repo}/checkout/manifests/config.yaml && rm ${repo}/checkout/manifests/config.yaml.bak && git -C ${repo} commit -am 'Tell the time'`,
      shows: 'it arrives on the three production clusters, and nowhere else',
    },
    {
      title: 'Give a cluster a label, and a workload follows',
      command: `cd ${quoted(checkout)} && npx muster cluster label dev-eu tier=gold && npx muster wait --for synced --timeout 30s && npx muster get assignments --cluster dev-eu`,
      shows: 'the bundle cache comes to dev-eu (and goes with tier=standard)',
    },
    {
      title: 'Delete an object by hand',
      command: `kubectl --kubeconfig ${kubeconfig} -n checkout delete configmap checkout; kubectl --kubeconfig ${kubeconfig} -n checkout get configmaps --watch`,
      shows: 'it comes back at once; Ctrl-C ends the watching',
    },
    {
      title: 'Commit a mistake',
      command: `sed -i.bak 's/targets:/tragets:/' ${repo}/checkout/muster.yaml && rm ${repo}/checkout/muster.yaml.bak && git -C ${repo} commit -am 'Make a mistake'`,
      shows: `it is refused with file and line, and nothing changes; take it back with: git -C ${repo} revert --no-edit HEAD`,
    },
    {
      title: 'Kill the hub',
      command: `kill -9 $(cat ${quoted(hubPidFile)}); kubectl --kubeconfig ${kubeconfig} -n checkout delete configmap checkout; kubectl --kubeconfig ${kubeconfig} -n checkout get configmaps --watch`,
      shows: 'the agents go on healing without it; the demo starts it again after 20 seconds',
    },
  ];
}

export function printTour(stops: readonly TourStop[]): void {
  process.stdout.write(`\n${bold('Try, in another terminal:')}\n`);
  stops.forEach((stop, index) => {
    process.stdout.write(
      `\n ${bold(`${index + 1}. ${stop.title}`)} ${dim(`— ${stop.shows}`)}\n    ${cyan(stop.command)}\n`,
    );
  });
  process.stdout.write(
    `\nLook around with ${cyan('npx muster status')} and ${cyan('npx muster get clusters')}. Ctrl-C stops everything; the state stays.\n\n`,
  );
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
