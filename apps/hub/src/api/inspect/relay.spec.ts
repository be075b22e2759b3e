import { describe, expect, it } from 'vitest';
import { pathOf } from './relay.ts';

describe('what is passed on to another replica', () => {
  it('is asked of that replica, whatever host the request names', () => {
    const asked = '/api/v1/assignments/eu-1/shop/logs?follow=true';
    for (const host of ['', 'http://elsewhere.example.com', 'https://elsewhere.example.com:1'])
      expect(pathOf(`${host}${asked}`)).toBe(asked);
  });
});
