import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { ArgosyError, shown } from '../kube/error';

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** The few calls that starting a cluster needs; without a Kubernetes client, which takes a second to load. */
export class Api {
  private readonly agent: Agent;

  constructor(
    private readonly server: string,
    private readonly token: string,
    caFile: string,
  ) {
    this.agent = new Agent({ ca: readFileSync(caFile), keepAlive: true, maxSockets: 4 });
  }

  call(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${this.token}`,
        accept: 'application/json',
        ...(text !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
      };
      const call = request(
        new URL(path, this.server),
        { method, agent: this.agent, headers, timeout: 10_000 },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      call.on('error', reject);
      call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
      call.end(text);
    });
  }

  /** Server-side apply, which creates or updates; `path` ends in the object's name. */
  async apply(path: string, object: unknown): Promise<void> {
    const answer = await this.call(
      'PATCH',
      `${path}?fieldManager=argosy-local&force=true`,
      object,
      'application/apply-patch+yaml',
    );
    if (answer.status >= 300) throw refused(path, answer);
  }

  /** The object, or undefined when there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    const answer = await this.call('GET', path);
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) throw refused(path, answer);
    return JSON.parse(answer.body) as T;
  }

  close(): void {
    this.agent.destroy();
  }
}

function refused(path: string, { status, body }: ApiAnswer): ArgosyError {
  return new ArgosyError({
    code: 'api-refused',
    where: { object: path },
    what: `the local API server answered ${status}`,
    why: shown(body),
    fix: "read kube-apiserver's log in the state folder",
  });
}
