import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what `/proc` counts CPU time in; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Proportional set size of a process, MB (10^6 bytes): shared pages count for their part. */
export function pssMb(pid: number): number {
  return memoryField(`/proc/${pid}/smaps_rollup`, 'Pss');
}

/** The most that a process has ever had resident, MB. */
export function peakRssMb(pid: number): number {
  return memoryField(`/proc/${pid}/status`, 'VmHWM');
}

function memoryField(file: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  return (Number(kib) * 1024) / 1e6;
}

/** CPU time of a process and of the children that it has waited for, ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return (ticks / TICKS_PER_SECOND) * 1000;
}

/** A process and all that descend from it. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(Number(entry));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(next);
    pending.push(...(children.get(next) ?? []));
  }
  return found;
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
