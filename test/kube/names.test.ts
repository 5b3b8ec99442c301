import { describe, expect, it } from 'vitest';
import { checkImage, checkLabel } from '../../lib/kube';

describe('checkLabel', () => {
  it('takes RFC 1123 labels alone, and suggests one', () => {
    expect(checkLabel('the name', 'shop-1', {})).toBe('shop-1');
    for (const bad of ['', 'Shop', 'a_b', '-a', 'a-', 'a'.repeat(64), 'a/b', '..', 'a\0', 'ä']) {
      expect(() => checkLabel('the name', bad, {})).toThrow(/invalid-name[^]*why:[^]*fix:/);
    }
    expect(() => checkLabel('the name', 'My App', {})).toThrow(/fix: use "my-app"/);
  });
});

describe('checkImage', () => {
  it('takes a reference with a fixed tag or a digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const good of [
      'redis:7.4',
      'ghcr.io/a/b:1',
      'localhost:5000/a/b_c:v1.2-x',
      `a@${digest}`,
      `r.io:80/a:latest@${digest}`,
    ]) {
      expect(checkImage(good, {})).toBe(good);
    }
  });

  it('refuses what moves or cannot be, in bounded time', () => {
    for (const bad of [
      '',
      'redis',
      'redis:latest',
      'Redis:1',
      'a b:1',
      'a:1:2',
      'a@sha256:12',
      '--x:1',
      `${'a/'.repeat(40_000)}:1`,
    ]) {
      expect(() => checkImage(bad, {})).toThrow(/invalid-image/);
    }
  });
});
