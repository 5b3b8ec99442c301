/**
 * Whether a text matches a glob, as Argo CD's projects read sources and destinations: `*` stops at
 * a separator, `**` does not, `?`, `[a-z]`, `[!a]`, `{a,b}` and `\`. A pattern that does not parse
 * matches nothing, nor does one over 1024 characters or 50 nested `{`. It walks the text once, with
 * every position it may stand at: no backtracking.
 *
 * Mirrors github.com/gobwas/glob v0.2.3 (syntax/lexer, syntax/ast) behind argo-cd util/glob.Match,
 * with its quirk that around one `*` prefix and suffix may overlap. Not mirrored, and read by the
 * grammar: an empty alternative, and `{…}` beside `*` or `?`, where v0.2.3 misses matches.
 */
export function matchesGlob(pattern: string, text: string, separators = ''): boolean {
  const terms = compiled(pattern);
  if (!terms || text.length > 4096) return false;
  if (overlaps(terms, text, separators)) return true;
  const characters = [...text];
  return advance(terms, characters, separators, new Set([0])).has(characters.length);
}

type Term =
  | { readonly type: 'text'; readonly characters: readonly string[] }
  | { readonly type: 'star'; readonly crosses: boolean }
  | { readonly type: 'single' }
  | { readonly type: 'class'; readonly has: (character: string) => boolean }
  | { readonly type: 'alternatives'; readonly of: readonly (readonly Term[])[] };

/** The patterns of a fleet are few and its objects many. */
const cache = new Map<string, readonly Term[] | undefined>();

function compiled(pattern: string): readonly Term[] | undefined {
  if (!cache.has(pattern)) {
    if (cache.size >= 1000) cache.clear();
    cache.set(pattern, parse(pattern));
  }
  return cache.get(pattern);
}

/** The terms of a pattern, or undefined where gobwas would not compile it. An open `{` closes at the end. */
function parse(pattern: string): readonly Term[] | undefined {
  const characters = [...pattern];
  if (pattern.length > 1024 || !pattern.isWellFormed() || /[\0\ufffd]/.test(pattern)) return undefined;
  const root: Term[] = [];
  const open: { readonly outer: Term[]; readonly alternatives: Term[][] }[] = [];
  let terms = root;
  for (let at = 0; at < characters.length;) {
    const character = characters[at]!;
    if (character === '{') {
      if (open.length === 50) return undefined;
      const alternatives: Term[][] = [[]];
      terms.push({ type: 'alternatives', of: alternatives });
      open.push({ outer: terms, alternatives });
      terms = alternatives[0]!;
      at += 1;
    } else if (character === ',' && open.length > 0) {
      terms = [];
      open.at(-1)!.alternatives.push(terms);
      at += 1;
    } else if (character === '}' && open.length > 0) {
      terms = open.pop()!.outer;
      at += 1;
    } else if (character === '[') {
      const found = parseClass(characters, at + 1);
      if (!found) return undefined;
      terms.push(found.term);
      at = found.end;
    } else if (character === '?') {
      terms.push({ type: 'single' });
      at += 1;
    } else if (character === '*') {
      const twice = characters[at + 1] === '*';
      terms.push({ type: 'star', crosses: twice });
      at += twice ? 2 : 1;
    } else {
      const { text, end } = readText(characters, at, open.length > 0 ? '?*[{},' : '?*[{');
      if (text.length > 0) terms.push({ type: 'text', characters: text });
      at = end;
    }
  }
  return root;
}

/** `[` is read: `!`, then either `lo-hi` or characters, then `]`. Mirrors fetchRange and parserRange. */
function parseClass(
  characters: readonly string[],
  start: number,
): { readonly term: Term; readonly end: number } | undefined {
  const not = characters[start] === '!';
  const at = not ? start + 1 : start;
  const low = characters[at];
  if (low === undefined) return undefined;
  if (characters[at + 1] === '-') {
    const high = characters[at + 2];
    if (high === undefined || characters[at + 3] !== ']' || codeOf(high) < codeOf(low)) return undefined;
    const has = (character: string): boolean =>
      (codeOf(character) >= codeOf(low) && codeOf(character) <= codeOf(high)) !== not;
    return { term: { type: 'class', has }, end: at + 4 };
  }
  const { text, end } = readText(characters, at, ']');
  if (text.length === 0 || characters[end] !== ']') return undefined;
  const listed = new Set(text);
  return { term: { type: 'class', has: (character) => listed.has(character) !== not }, end: end + 1 };
}

function readText(
  characters: readonly string[],
  start: number,
  breakers: string,
): { readonly text: readonly string[]; readonly end: number } {
  const text: string[] = [];
  let at = start;
  for (; at < characters.length && !breakers.includes(characters[at]!); at += 1) {
    if (characters[at] === '\\') at += 1;
    if (at < characters.length) text.push(characters[at]!);
  }
  return { text, end: Math.min(at, characters.length) };
}

/** Every position the terms can end at, from every position they may start at. */
function advance(
  terms: readonly Term[],
  characters: readonly string[],
  separators: string,
  from: ReadonlySet<number>,
): ReadonlySet<number> {
  let positions = from;
  for (const term of terms) {
    if (positions.size === 0) break;
    const next = new Set<number>();
    if (term.type === 'star') {
      const stops = term.crosses ? '' : separators;
      for (const position of positions) {
        for (let at = position; !next.has(at); at += 1) {
          next.add(at);
          if (at >= characters.length || stops.includes(characters[at]!)) break;
        }
      }
    } else if (term.type === 'alternatives') {
      for (const alternative of term.of) {
        for (const position of advance(alternative, characters, separators, positions)) next.add(position);
      }
    } else {
      for (const position of positions) {
        const end = step(term, characters, separators, position);
        if (end !== undefined) next.add(end);
      }
    }
    positions = next;
  }
  return positions;
}

function step(
  term: Extract<Term, { type: 'text' | 'single' | 'class' }>,
  characters: readonly string[],
  separators: string,
  at: number,
): number | undefined {
  if (term.type === 'text') {
    return term.characters.every((character, offset) => characters[at + offset] === character)
      ? at + term.characters.length
      : undefined;
  }
  const character = characters[at];
  if (character === undefined) return undefined;
  return (term.type === 'single' ? !separators.includes(character) : term.has(character)) ? at + 1 : undefined;
}

/** gobwas' match.PrefixSuffix: `ab*bc` matches `abc`. Only where `*` is bound by no separator. */
function overlaps(terms: readonly Term[], text: string, separators: string): boolean {
  const [first, last] = [terms[0], terms.at(-1)];
  if (terms.length < 3 || first?.type !== 'text' || last?.type !== 'text') return false;
  const free = terms.slice(1, -1).every((term) => term.type === 'star' && (term.crosses || separators === ''));
  return free && text.startsWith(first.characters.join('')) && text.endsWith(last.characters.join(''));
}

function codeOf(character: string): number {
  return character.codePointAt(0)!;
}
