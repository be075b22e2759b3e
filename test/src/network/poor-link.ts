import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtProgram, CannotBuildError } from '../kubernetes/go-build.ts';

const run = promisify(execFile);

export interface LinkQuality {
  /** In each direction: a round trip takes twice as long. */
  readonly delayMs: number;
  /** Of packets, in each direction, 0 to 1. */
  readonly loss: number;
  /** In each direction. */
  readonly bitsPerSecond: number;
}

/** A network namespace with two ways out of it to this one: a good line, and a poor one. */
export interface FarPlace {
  /** What makes the poor line poor, for people who read a test's output. */
  readonly madeBy: 'netem' | 'a program that carries packets';
  /** This side's addresses, as the far side reaches them. */
  readonly good: string;
  readonly poor: string;
  /** Before a command, so that it runs there. */
  readonly command: readonly string[];
  /** Ms of one round trip over the poor line, the middle of several; a packet that is lost isn't counted. */
  readonly roundTripMs: () => Promise<number>;
  /** Pulls the plug of the poor line, and puts it in again. */
  readonly unplug: () => Promise<void>;
  readonly plug: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Why there can be no network namespaces here; `undefined` when there can be. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  const probe = `muster-probe-${process.pid}`;
  try {
    await ip('netns', 'add', probe);
    await ip('netns', 'del', probe);
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n').at(-2) : String(error);
    return `network namespaces need root, CAP_SYS_ADMIN and iproute2: ${said}`;
  }
  if (await hasNetem()) return undefined;
  const tun = await stat('/dev/net/tun').catch(() => undefined);
  if (!tun) return 'the kernel has no netem, and there is no /dev/net/tun to do without it';
  try {
    await carrier();
    return undefined;
  } catch (error) {
    if (!(error instanceof CannotBuildError)) throw error;
    return `the kernel has no netem, and ${error.message}`;
  }
}

/** The program that carries packets where the kernel can't do it. */
function carrier(): Promise<string> {
  const folder = join(import.meta.dirname, '../../link');
  const program = { name: 'muster-test-link', folder, versionOf: 'muster.dev/test/link' };
  return builtProgram(program, (line) => void process.stderr.write(`${line}\n`));
}

const good = { here: '10.231.1.1', there: '10.231.1.2' };
const poor = { here: '10.231.0.1', there: '10.231.0.2' };

/** Makes the namespace and its lines. Nothing else on the machine is changed, and `stop` leaves nothing. */
export async function startFarPlace(quality: LinkQuality): Promise<FarPlace> {
  const name = `muster-${process.pid}`;
  const devices = { here: `mup${process.pid % 100_000}`, there: `muq${process.pid % 100_000}` };
  const goodHere = `mug${process.pid % 100_000}`;
  await using undo = new AsyncDisposableStack();
  await ip('netns', 'add', name);
  undo.defer(() => ip('netns', 'del', name));
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  await ip('link', 'add', goodHere, 'type', 'veth', 'peer', 'name', 'good', 'netns', name);
  undo.defer(() => ip('link', 'del', goodHere).catch(() => undefined));
  await ip('addr', 'add', `${good.here}/30`, 'dev', goodHere);
  await ip('link', 'set', goodHere, 'up');
  await ip('-n', name, 'addr', 'add', `${good.there}/30`, 'dev', 'good');
  await ip('-n', name, 'link', 'set', 'good', 'up');
  const isNetem = await hasNetem();
  if (isNetem) {
    undo.defer(() => ip('link', 'del', devices.here).catch(() => undefined));
    await makeNetem(name, devices, quality);
  } else undo.defer(await makeCarried(name, devices, quality));
  await ip('addr', 'add', poor.here, 'peer', poor.there, 'dev', devices.here);
  await ip('link', 'set', devices.here, 'up');
  await ip('-n', name, 'addr', 'add', poor.there, 'peer', poor.here, 'dev', devices.there);
  await ip('-n', name, 'link', 'set', devices.there, 'up');
  const owned = undo.move();
  return {
    madeBy: isNetem ? 'netem' : 'a program that carries packets',
    good: good.here,
    poor: poor.here,
    command: ['ip', 'netns', 'exec', name],
    roundTripMs: () => roundTrip(name),
    unplug: () => ip('link', 'set', devices.here, 'down'),
    plug: () => ip('link', 'set', devices.here, 'up'),
    stop: () => owned.disposeAsync(),
  };
}

async function makeNetem(
  name: string,
  { here, there }: { readonly here: string; readonly there: string },
  { delayMs, loss, bitsPerSecond }: LinkQuality,
): Promise<void> {
  await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
  const netem = ['delay', `${delayMs}ms`, 'loss', `${loss * 100}%`, 'rate', `${bitsPerSecond}bit`];
  await run('tc', ['qdisc', 'add', 'dev', here, 'root', 'netem', ...netem]);
  await ip('netns', 'exec', name, 'tc', 'qdisc', 'add', 'dev', there, 'root', 'netem', ...netem);
}

async function makeCarried(
  name: string,
  { here, there }: { readonly here: string; readonly there: string },
  { delayMs, loss, bitsPerSecond }: LinkQuality,
): Promise<() => Promise<void>> {
  const path = await carrier();
  const flags = [
    '-a',
    here,
    '-b',
    there,
    '-delay',
    `${delayMs}ms`,
    '-loss',
    `${loss}`,
    '-rate',
    `${bitsPerSecond}`,
  ];
  const child = spawn(path, flags, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  if (!Buffer.isBuffer(first)) throw new Error('the program that carries packets ended');
  await ip('link', 'set', there, 'netns', name);
  return async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
}

/** By a TCP handshake: no program of the system is needed, and there is nobody who answers but the kernel. */
async function roundTrip(name: string): Promise<number> {
  const script = `
    const { connect } = require('node:net');
    const once = () => new Promise((resolve) => {
      const from = performance.now();
      const socket = connect(9, '${poor.here}').on('error', () => resolve(performance.now() - from));
      setTimeout(() => { socket.destroy(); resolve(Infinity); }, 5000).unref();
    });
    (async () => {
      const times = [];
      for (let n = 0; n < 5; n++) times.push(await once());
      console.log(times.sort((a, b) => a - b)[2]);
    })();`;
  const { stdout } = await run('ip', ['netns', 'exec', name, process.execPath, '-e', script]);
  return Number(stdout);
}

async function hasNetem(): Promise<boolean> {
  const device = `mun${process.pid % 100_000}`;
  await ip('link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}p`);
  try {
    await run('tc', ['qdisc', 'add', 'dev', device, 'root', 'netem', 'delay', '1ms']);
    return true;
  } catch {
    return false;
  } finally {
    await ip('link', 'del', device);
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', [...args]);
}
