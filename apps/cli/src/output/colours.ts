import type { HealthStatus, SyncStatus } from '@muster/api';
import picocolors from 'picocolors';
import type { Io } from '../io.ts';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours only for people: on a terminal, unless NO_COLOR says otherwise. See no-color.org. */
export function coloursFor(io: Pick<Io, 'stdoutIsTty' | 'env'>): Colours {
  return picocolors.createColors(io.stdoutIsTty && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb');
}

export function paintSync(colours: Colours, sync: SyncStatus, text: string): string {
  return sync === 'Synced'
    ? colours.green(text)
    : sync === 'OutOfSync'
      ? colours.yellow(text)
      : colours.dim(text);
}

export function paintHealth(colours: Colours, health: HealthStatus, text: string): string {
  switch (health) {
    case 'Healthy':
      return colours.green(text);
    case 'Progressing':
    case 'Suspended':
      return colours.yellow(text);
    case 'Degraded':
    case 'Missing':
      return colours.red(text);
    case 'Unknown':
      return colours.dim(text);
  }
}
