/**
 * Whether a text matches a shell pattern, as Argo CD's projects read groups, kinds and names: `*`
 * and `?` stop at `/`, `[a-z]`, `[^a]` and `\`; no `**`, no `{a,b}`, case matters. A pattern that
 * does not parse, or is over 1024 characters, matches nothing.
 *
 * Mirrors Go's `path.Match` (src/path/match.go), with its leftmost match of each chunk: the time
 * is bounded by pattern times text.
 */
export function matchesPath(pattern: string, text: string): boolean {
  const chunks = pattern.length <= 1024 && text.length <= 4096 ? parse([...pattern]) : undefined;
  if (!chunks) return false;
  const characters = [...text];
  let at = 0;
  for (const [index, { star, terms }] of chunks.entries()) {
    const last = index === chunks.length - 1;
    if (star && terms.length === 0) return !characters.includes('/', at);
    let end: number | undefined;
    for (let start = at; ; start += 1) {
      const fits = terms.every((term, offset) => term(characters[start + offset]));
      if (fits && (!last || start + terms.length === characters.length)) {
        end = start + terms.length;
        break;
      }
      if (!star || start >= characters.length || characters[start] === '/') break;
    }
    if (end === undefined) return false;
    at = end;
  }
  return at === characters.length;
}

type Term = (character: string | undefined) => boolean;

/** What stands between two `*`, and whether one stands before it. */
interface Chunk {
  readonly star: boolean;
  readonly terms: Term[];
}

function parse(pattern: readonly string[]): readonly Chunk[] | undefined {
  const chunks: Chunk[] = [];
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at]!;
    if (character === '*') {
      chunks.push({ star: true, terms: [] });
      while (pattern[at] === '*') at += 1;
      continue;
    }
    if (chunks.length === 0) chunks.push({ star: false, terms: [] });
    const terms = chunks.at(-1)!.terms;
    if (character === '[') {
      const found = parseClass(pattern, at + 1);
      if (!found) return undefined;
      terms.push(found.term);
      at = found.end;
    } else if (character === '?') {
      terms.push((each) => each !== undefined && each !== '/');
      at += 1;
    } else {
      if (character === '\\') at += 1;
      const literal = pattern[at];
      if (literal === undefined) return undefined;
      terms.push((each) => each === literal);
      at += 1;
    }
  }
  return chunks;
}

function parseClass(
  pattern: readonly string[],
  start: number,
): { readonly term: Term; readonly end: number } | undefined {
  const negated = pattern[start] === '^';
  let at = negated ? start + 1 : start;
  const ranges: (readonly [number, number])[] = [];
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = parseMember(pattern, at);
    if (!low) return undefined;
    at = low.end;
    let high = low;
    if (pattern[at] === '-') {
      const found = parseMember(pattern, at + 1);
      if (!found) return undefined;
      high = found;
      at = found.end;
    }
    ranges.push([low.code, high.code]);
  }
  const term: Term = (character) => {
    if (character === undefined) return false;
    const code = character.codePointAt(0)!;
    return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
  };
  return { term, end: at + 1 };
}

/** One character of a class, which needs a successor. Mirrors getEsc. */
function parseMember(pattern: readonly string[], start: number): { code: number; end: number } | undefined {
  const escaped = pattern[start] === '\\';
  const character = pattern[escaped ? start + 1 : start];
  const end = start + (escaped ? 2 : 1);
  if (character === undefined || (!escaped && (character === '-' || character === ']'))) return undefined;
  return end < pattern.length ? { code: character.codePointAt(0)!, end } : undefined;
}
