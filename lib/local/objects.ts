import type { Manifest } from '../kube';
import { ArgosyError, formatIdentity, identityOf } from '../kube';
import type { Api } from './api';

/** Which object: everything of a manifest but its content. */
export type ObjectReference = Pick<Manifest, 'apiVersion' | 'kind'> & {
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Objects of one API server by kind, whose paths it learns from the server's own discovery. */
export class Objects {
  private readonly discovered = new Map<string, Promise<ResourceList | undefined>>();

  constructor(readonly api: Api) {}

  /** Server-side apply by a named manager, conflicts taken over. */
  async apply(manifest: Manifest): Promise<void> {
    await this.api.apply(await this.pathOf(manifest, manifest.metadata.name), manifest);
  }

  async find<T = Manifest>(object: ObjectReference): Promise<T | undefined> {
    return this.api.find<T>(await this.pathOf(object, object.metadata.name));
  }

  /** Objects of a kind, in one namespace or, without, in all. */
  async list<T = Manifest>(apiVersion: string, kind: string, namespace?: string): Promise<T[]> {
    const list = await this.api.find<{ items: T[] }>(
      await this.pathOf({ apiVersion, kind, metadata: { name: '', ...(namespace !== undefined && { namespace }) } }),
    );
    return list?.items ?? [];
  }

  async delete(object: ObjectReference): Promise<void> {
    const path = await this.pathOf(object, object.metadata.name);
    const answer = await this.api.call('DELETE', path, { propagationPolicy: 'Background' });
    if (answer.status >= 300 && answer.status !== 404) throw this.refused(object, answer.body);
  }

  /** JSON merge patch. */
  async merge(object: ObjectReference, patch: unknown): Promise<void> {
    const path = await this.pathOf(object, object.metadata.name);
    const answer = await this.api.call('PATCH', path, patch, 'application/merge-patch+json');
    if (answer.status >= 300) throw this.refused(object, answer.body);
  }

  /** Whether the API server serves a kind, asked anew. */
  async serves(apiVersion: string, kind: string): Promise<boolean> {
    const base = baseOf(apiVersion);
    this.discovered.delete(base);
    return (await this.discover(base))?.resources.some((each) => each.kind === kind) ?? false;
  }

  private async pathOf(object: ObjectReference, name?: string): Promise<string> {
    const { apiVersion, kind, metadata } = object;
    const base = baseOf(apiVersion);
    const resource = (await this.discover(base))?.resources.find(
      (each) => each.kind === kind && !each.name.includes('/'),
    );
    if (!resource) {
      this.discovered.delete(base);
      throw this.refused(object, `the API server knows no kind ${kind} in ${apiVersion}`);
    }
    const namespace =
      resource.namespaced && metadata.namespace ? `/namespaces/${encodeURIComponent(metadata.namespace)}` : '';
    return `${base}${namespace}/${resource.name}${name ? `/${encodeURIComponent(name)}` : ''}`;
  }

  private discover(base: string): Promise<ResourceList | undefined> {
    const known = this.discovered.get(base);
    if (known) return known;
    const asked = this.api.find<ResourceList>(base);
    this.discovered.set(base, asked);
    asked.catch(() => this.discovered.delete(base));
    return asked;
  }

  private refused(object: ObjectReference, answer: string): ArgosyError {
    let message = answer;
    try {
      message = (JSON.parse(answer) as { message?: string }).message ?? answer;
    } catch {
      message = answer.slice(0, 500);
    }
    return new ArgosyError({
      code: 'api-refused',
      where: { object: formatIdentity(identityOf(object as Manifest)) },
      what: message,
      why: 'the API server answers every request itself; this one it did not take',
      fix: 'correct the object, or look into the log of kube-apiserver in the state folder',
    });
  }
}

function baseOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
