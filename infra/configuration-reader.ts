import { ArgosyError, shown } from '../lib/kube';

/** A stack's configuration as Pulumi hands it over: full keys, and structured values as JSON. */
export interface ConfigurationSource {
  readonly stack: string;
  readonly values: Readonly<Record<string, string>>;
  /** Whether the value of a full key is encrypted in the stack's file. */
  isSecret(key: string): boolean;
}

/** The namespace of the keys. It does not follow the project's name, so that another fleet's project has the same. */
const namespace = 'argosy:';

/**
 * Reads keys and collects what is wrong with them, so that all problems are told at once. It never shows a value
 * that is a secret, nor that of a key that must be one.
 */
export class ConfigurationReader {
  readonly #problems: ArgosyError[] = [];

  constructor(private readonly source: ConfigurationSource) {}

  /** The text of a key, or undefined where it is not set. */
  text(key: string): string | undefined {
    const value = this.source.values[namespace + key];
    if (value === undefined || value.trim() !== '') return value;
    this.refuse(key, 'it is empty', 'a key that is set has a value', 'give it one, or remove it');
    return undefined;
  }

  /** A text that must be one of a few. */
  choice<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined || (allowed as readonly string[]).includes(value)) return value as T | undefined;
    const options = allowed.map((option) => `'${option}'`).join(' or ');
    this.refuse(key, `it is ${this.show(key, value)}`, `it is ${options}`, 'use one of these, or remove it');
    return undefined;
  }

  /** A text that must be set as a secret. Its value is in none of the problems. */
  secret(key: string): string | undefined {
    const value = this.text(key);
    if (value === undefined || this.source.isSecret(namespace + key)) return value;
    this.refuse(
      key,
      'it stands readable in the configuration of the stack',
      'it is a secret, and that file is committed',
      `change the secret itself, for it may be known; then: pulumi config set --secret ${namespace}${key}`,
    );
    return undefined;
  }

  /** A structured value, or undefined where it is not set or is no mapping of texts. */
  mapping(key: string, text: string | undefined, shape: string): Readonly<Record<string, string>> | undefined {
    if (text === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isMapping && Object.values(value as object).every((each) => typeof each === 'string' && each !== '')) {
      return value as Record<string, string>;
    }
    this.refuse(key, `it is ${this.show(key, text)}`, `it is ${shape}`, `set it field by field, with --path`);
    return undefined;
  }

  /** Notes a problem of a key. */
  refuse(key: string, what: string, why: string, fix: string): void {
    const where = { location: `Pulumi.${this.source.stack}.yaml`, object: namespace + key };
    this.#problems.push(new ArgosyError({ code: 'invalid-configuration', where, what, why, fix }));
  }

  /** A value fit to print. */
  show(key: string, value: string): string {
    return this.source.isSecret(namespace + key) ? 'a secret that is not shown' : shown(value);
  }

  /** Throws what was noted, and every key that nothing reads: a misspelled one would be ignored. */
  finish(known: readonly string[]): void {
    for (const full of Object.keys(this.source.values)) {
      const key = full.slice(namespace.length);
      if (!full.startsWith(namespace) || known.includes(key)) continue;
      this.refuse(key, 'nothing reads it', `the keys are ${known.join(', ')}`, 'correct its name, or remove it');
    }
    const problems = this.#problems;
    if (problems.length === 1) throw problems[0]!;
    if (problems.length > 1) {
      throw new AggregateError(problems, problems.map(({ message }) => message).join('\n'));
    }
  }
}
