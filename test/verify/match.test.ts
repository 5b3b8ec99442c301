import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../lib/verify/match/glob';
import { normalizeGitUrl } from '../../lib/verify/match/git-url';
import { matchesPath } from '../../lib/verify/match/path';

const golden = readFileSync(join(__dirname, 'match.golden.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('['))
  .map((line) => JSON.parse(line) as [string, ...any[]]);
const answersOf = (kind: string) => golden.filter(([each]) => each === kind).map(([, ...answer]) => answer);

describe('matchesGlob', () => {
  it('answers as gobwas/glob does', () => {
    expect(
      answersOf('glob').map(([pattern, text, stops]) => [pattern, text, stops, matchesGlob(pattern, text, stops)]),
    ).toEqual(answersOf('glob'));
  });

  // Source: TestGlob in github.com/gobwas/glob/glob_test.go.
  it.each([
    ['* ?at * eyes', 'my cat has very bright eyes', '', true],
    ['*ä', 'åä', '', true],
    ['a.*', 'a.b', '.', true],
    ['a.*', 'a.b.c', '.', false],
    ['a.**', 'a.b.c', '.', true],
    ['a.?.c', 'a.bb.c', '.', false],
    ['\\*', '*', '', true],
    ['?at', 'fat', 'f', false],
    ['**is**a***test*', 'this is a test', '', true],
    ['{abc,abcd}a', 'abcda', '', true],
    ['{*,**}{a,b}', 'ac', '', false],
    ['/{rate,[0-9][0-9][0-9]}*', '/rate', '', true],
    ['{*.google.*,yandex.*}', 'www.yandex.com', '.', false],
    ['[a-z][!a-x]*cat*[h][!b]*eyes*', 'my cat has very bright eyes', '', true],
    ['{abc*[a-c]def,abc?[d-g]def,abc[zte]?def}', 'abczqdef', '', true],
    // A pattern that does not parse: Test_Match in argo-cd util/glob/glob_test.go.
    ['e[[a*', 'e[[a*', '', false],
    ['[b-a]', 'a', '', false],
    ['[]', '', '', false],
    // match.PrefixSuffix: the two may overlap.
    ['ab*bc', 'abc', '', true],
    ['ab*bc', 'abc', '/', false],
  ])('%s on %s', (pattern, text, separators, matches) => {
    expect(matchesGlob(pattern, text, separators)).toBe(matches);
  });
});

describe('matchesPath', () => {
  it("answers as Go's path.Match does", () => {
    expect(answersOf('path').map(([pattern, text]) => [pattern, text, matchesPath(pattern, text)])).toEqual(
      answersOf('path'),
    );
  });

  // Source: matchTests in Go's src/path/match_test.go.
  it.each([
    ['*', 'abc', true],
    ['a*', 'ab/c', false],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[^b-d]', 'abc', false],
    ['a\\*b', 'a*b', true],
    ['a[^a]b', 'a☺b', true],
    ['[a-ζ]*', 'α', true],
    ['a?b', 'a/b', false],
    ['[\\]a]', ']', true],
    ['[x\\-]', '-', true],
    ['[]a]', ']', false],
    ['[-x]', 'x', false],
    ['[a-b-c]', 'a', false],
    ['a[', 'a', false],
    ['*x', 'xxx', true],
    ['**', 'a/b', false],
    ['{a,b}', 'a', false],
  ])('%s on %s', (pattern, text, matches) => {
    expect(matchesPath(pattern, text)).toBe(matches);
  });
});

describe('normalizeGitUrl', () => {
  it('answers as NormalizeGitURL does', () => {
    expect(answersOf('url').map(([url]) => [url, normalizeGitUrl(url)])).toEqual(answersOf('url'));
  });

  // Source: TestSameURL in argo-cd util/git/git_test.go.
  it.each([
    ['git@GITHUB.com:argoproj/test', 'git@github.com:argoproj/test.git'],
    ['ssh://git@GITHUB.com/argoproj/test', 'git@github.com:argoproj/test.git'],
    ['https://github.com:4443/TEST.git', 'https://github.com:4443/TEST'],
    ['\thttps://github.com/argoproj/test\n', 'https://github.com/argoproj/test.git'],
  ])('%s is %s', (one, other) => {
    expect(normalizeGitUrl(one)).toBe(normalizeGitUrl(other));
    expect(normalizeGitUrl(one)).not.toBe('');
  });
});

describe('patterns that would backtrack', () => {
  it.each([
    ['*a'.repeat(500), 'a'.repeat(4000)],
    ['{a,a*}'.repeat(150), 'a'.repeat(4000)],
    ['{'.repeat(1000), 'a'],
    ['?'.repeat(1000), 'a'.repeat(4000)],
    ['a'.repeat(100_000), 'a'.repeat(100_000)],
  ])('end in bounded time (%#)', (pattern, text) => {
    const long = `${pattern}b`;
    expect([matchesGlob(long, text, '/'), matchesPath(long, text)]).toEqual([false, false]);
    expect(normalizeGitUrl(pattern.replaceAll('a', '@'))).toEqual(expect.any(String));
  });
});
