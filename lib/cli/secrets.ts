/** Variables whose value is a secret by their name. */
const secretName = /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|KEY)$/i;

/**
 * Text without the secrets that may have slipped into it, such as the URL in an error of a
 * program: user info and tokens of URLs, and the values of environment variables that are named like
 * secrets. It knows no other secret, and leaves values of fewer than eight characters, which
 * would also hide words.
 */
export function withoutSecrets(text: string, environment: Readonly<NodeJS.ProcessEnv>): string {
  const values = Object.entries(environment)
    .flatMap(([name, value]) => (value !== undefined && value.length >= 8 && secretName.test(name) ? [value] : []))
    .sort((a, b) => b.length - a.length);
  const known = values.reduce((rest, value) => rest.replaceAll(value, '***'), text);
  return known
    .replace(/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@'"]{1,500}@/gi, '$1***@')
    .replace(/([?&](?:access_token|token|password|key)=)[^\s&'"]+/gi, '$1***');
}
