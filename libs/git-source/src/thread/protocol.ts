import type { GitFault } from '../errors.ts';
import type { GitRemote, GitSource } from '../port.ts';

/** What goes between a source and its thread. All of it survives the structured clone. */
export interface ThreadOptions {
  readonly remote: GitRemote;
  readonly dataDir: string;
}

export type Method = Exclude<keyof GitSource, 'close'>;

export type Call =
  | { readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly id: number; readonly method: 'cancel' };

export type Answer =
  | { readonly id: number; readonly kind: 'value'; readonly value: unknown }
  | {
      readonly id: number;
      readonly kind: 'fault';
      readonly fault: GitFault;
      readonly message: string;
      readonly cause: string;
    };
