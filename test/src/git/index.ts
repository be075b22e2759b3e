export { TestRepo } from './repo.ts';
export { type GitServer, type GitServerOptions, type ServedRepo, startGitServer } from './server.ts';
