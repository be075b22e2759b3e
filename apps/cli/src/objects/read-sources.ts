import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT_USAGE } from '../exit.ts';
import type { Io } from '../io.ts';

export interface Source {
  /** As people named it; for a folder's file, the path below it too. */
  readonly name: string;
  readonly text: string;
}

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** Files as they are; of folders all YAML and JSON below them, by path; `-` is stdin. */
export async function readSources(io: Io, paths: readonly string[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-') sources.push({ name: 'stdin', text: await io.readStdin() });
    else for (const name of await filesOf(path)) sources.push({ name, text: await readText(name) });
  }
  return sources;
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await orFail(path, stat(path))).isDirectory()) return [path];
  const below = await orFail(path, readdir(path, { recursive: true, withFileTypes: true }));
  const files = below
    .filter((entry) => entry.isFile() && EXTENSIONS.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length > 0) return files;
  throw new CliError(`${path} has no ${EXTENSIONS.join(', ')} files`, { exitCode: EXIT_USAGE });
}

async function readText(path: string): Promise<string> {
  return (await orFail(path, readFile(path))).toString('utf8');
}

async function orFail<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new CliError(`${path}: ${why}`, { exitCode: EXIT_USAGE, cause: error });
  }
}
