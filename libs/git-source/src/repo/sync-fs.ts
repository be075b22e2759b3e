import * as fs from 'node:fs';

/**
 * The file system for isomorphic-git, on the synchronous calls: it runs in a thread of its own, where blocking harms
 * nobody, and each read is several times faster without the way through the thread pool.
 */
export const syncFs = {
  promises: {
    readFile: async (path: string, options?: BufferEncoding | { readonly encoding?: BufferEncoding }) => {
      const encoding = typeof options === 'string' ? options : options?.encoding;
      return encoding === undefined ? fs.readFileSync(path) : fs.readFileSync(path, encoding);
    },
    writeFile: async (path: string, data: string | Uint8Array, options?: fs.WriteFileOptions) =>
      fs.writeFileSync(path, data, options),
    mkdir: async (path: string, options?: fs.MakeDirectoryOptions) => {
      fs.mkdirSync(path, options);
    },
    rmdir: async (path: string) => fs.rmdirSync(path),
    unlink: async (path: string) => fs.unlinkSync(path),
    stat: async (path: string) => fs.statSync(path),
    lstat: async (path: string) => fs.lstatSync(path),
    readdir: async (path: string) => fs.readdirSync(path),
    readlink: async (path: string) => fs.readlinkSync(path),
    symlink: async (target: string, path: string) => fs.symlinkSync(target, path),
  },
};
