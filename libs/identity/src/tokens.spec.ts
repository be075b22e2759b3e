import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApiToken, isApiToken, isApiTokenForm } from './api-token.ts';
import { createJoinToken, hashJoinSecret, isJoinSecret, parseJoinToken } from './join-token.ts';

const PIN = Buffer.alloc(32, 7).toString('base64url');

describe('join tokens', () => {
  it('come back as they were made, also with white space around them', () => {
    const made = createJoinToken(PIN, randomBytes);
    const parsed = parseJoinToken(` ${made.token}\n`);
    expect(parsed).toMatchObject({ id: made.id, pin: PIN });
    expect(isJoinSecret(parsed!.secret, made.secretHash)).toBe(true);
  });

  it('are kept as a hash that does not hold the secret', () => {
    const made = createJoinToken(PIN, randomBytes);
    const secret = parseJoinToken(made.token)!.secret;
    expect(made.secretHash).toBe(hashJoinSecret(secret));
    expect(JSON.stringify([made.id, made.secretHash])).not.toContain(secret);
  });

  it('are refused when a character is missing, added or foreign', () => {
    const { token } = createJoinToken(PIN, randomBytes);
    for (const wrong of [
      token.slice(0, -1),
      `${token}x`,
      token.replace('.', '!'),
      `x${token}`,
      '',
      'a'.repeat(2_000),
    ]) {
      expect(parseJoinToken(wrong), wrong).toBeUndefined();
    }
  });

  it('do not match the hash of another secret, nor an empty hash', () => {
    const one = createJoinToken(PIN, randomBytes);
    const other = createJoinToken(PIN, randomBytes);
    expect(isJoinSecret(parseJoinToken(one.token)!.secret, other.secretHash)).toBe(false);
    expect(isJoinSecret(parseJoinToken(one.token)!.secret, '')).toBe(false);
  });
});

describe('API tokens', () => {
  it('match their own hash only', () => {
    const one = createApiToken(randomBytes);
    const other = createApiToken(randomBytes);
    expect(isApiTokenForm(one.token)).toBe(true);
    expect(isApiToken(one.token, one.tokenHash)).toBe(true);
    expect(isApiToken(one.token, other.tokenHash)).toBe(false);
  });
});
