import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgosyError, toYaml, type Manifest } from '../kube';
import { isSettled, until, type ApplicationState, type LocalRun } from '../local';
import { header, type RenderedObject } from '../render';

/** One step of the tour, as it was seen on the API server. */
export interface TourStep {
  readonly step: string;
  readonly seen: string;
  readonly milliseconds: number;
}

interface Target {
  readonly folder: string;
  readonly object: RenderedObject;
  readonly container: { readonly name: string; readonly image: string };
}

/** A Deployment as the API server holds it. */
interface LiveDeployment extends Manifest {
  readonly metadata: Manifest['metadata'] & { readonly uid: string };
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
    };
  };
}

/** The state after the bootstrap: an error when an application is not well by the deadline. */
export async function settledOrThrow(
  states: Promise<readonly ApplicationState[]>,
): Promise<readonly ApplicationState[]> {
  const last = await states;
  const unwell = last.filter((state) => !isSettled(state));
  if (last.length > 0 && unwell.length === 0) return last;
  throw new ArgosyError({
    code: 'not-settled',
    what: `${unwell.length} of ${last.length} applications did not become Synced and Healthy in time`,
    why:
      unwell.map(({ name, reasons }) => `${name}: ${reasons.join('; ')}`).join(' | ') || 'Argo CD knows no application',
    fix: 'correct what the reasons name, and run it again',
  });
}

/** Deletes a Deployment by hand and waits until self-heal has made it anew. */
export async function deleteAndWait(run: LocalRun): Promise<TourStep> {
  const { object } = getTarget(run);
  const before = await getDeployment(run, object);
  const begin = performance.now();
  await run.objects.delete(object.manifest);
  const after = await waitFor(`Deployment ${nameOf(object)} to come back`, async () => {
    const live = await run.objects.find<LiveDeployment>(object.manifest);
    return live && live.metadata.uid !== before.metadata.uid ? live : undefined;
  });
  const milliseconds = performance.now() - begin;
  await settledOrThrow(run.settle());
  return {
    step: `Deployment ${nameOf(object)} deleted by hand, back`,
    seen: `uid ${before.metadata.uid.slice(0, 8)} → ${after.metadata.uid.slice(0, 8)}`,
    milliseconds,
  };
}

/** Commits another image in the manifests, as a merge would, and waits until it is live and Healthy. */
export async function changeImageAndWait(run: LocalRun): Promise<{ readonly step: TourStep; readonly commit: string }> {
  const { folder, object, container } = getTarget(run);
  const image = nextTag(container.image);
  const file = join(run.repository.folder, run.manifests, folder, object.file);
  writeFileSync(file, header + toYaml(withImage(object.manifest, container.name, image)));
  const begin = performance.now();
  const commit = await run.repository.commit(`Set the image of ${nameOf(object)} to ${image}`);
  if (commit === undefined) throw nothingToDo('the change of the image changed nothing');
  const milliseconds = await waitForImage(run, { folder, object, container }, image, commit, begin);
  return {
    commit,
    step: { step: `merge of ${shortImage(image)}, live`, seen: `commit ${commit.slice(0, 8)}`, milliseconds },
  };
}

/** `git revert` of that commit, until the image before is live and Healthy again. */
export async function revertAndWait(run: LocalRun, commit: string): Promise<TourStep> {
  const target = getTarget(run);
  const begin = performance.now();
  const revert = await run.repository.revert(commit);
  const milliseconds = await waitForImage(run, target, target.container.image, revert, begin);
  return {
    step: `git revert, ${shortImage(target.container.image)} live`,
    seen: `commit ${revert.slice(0, 8)}`,
    milliseconds,
  };
}

/** Milliseconds until the API server holds the image and Argo CD says Synced at the commit; then waits for Healthy. */
async function waitForImage(
  run: LocalRun,
  target: Target,
  image: string,
  commit: string,
  begin: number,
): Promise<number> {
  const application = run.applicationOf(target.folder);
  await waitFor(`${image} on the API server`, async () => {
    const live = await run.objects.find<LiveDeployment>(target.object.manifest);
    return live?.spec.template.spec.containers.some((container) => container.image === image);
  });
  await waitFor(`${application} to be Synced at ${commit.slice(0, 8)}`, async () => {
    const state = (await run.states()).find(({ name }) => name === application);
    return state?.sync === 'Synced' && state.revision === commit;
  });
  const milliseconds = performance.now() - begin;
  await settledOrThrow(run.settle({ commit }));
  return milliseconds;
}

/** The first Deployment of the fleet: what the tour deletes and updates. */
function getTarget(run: LocalRun): Target {
  for (const { folder, objects } of run.cluster.applications) {
    for (const object of objects) {
      if (object.manifest.kind !== 'Deployment') continue;
      const container = (object.manifest as LiveDeployment).spec.template.spec.containers[0];
      if (container) return { folder, object, container };
    }
  }
  throw nothingToDo('the cluster has no Deployment');
}

async function getDeployment(run: LocalRun, object: RenderedObject): Promise<LiveDeployment> {
  const live = await run.objects.find<LiveDeployment>(object.manifest);
  if (live) return live;
  throw nothingToDo(`the Deployment ${nameOf(object)} is not on the API server`);
}

function withImage(manifest: Manifest, name: string, image: string): Manifest {
  const copy = structuredClone(manifest) as LiveDeployment;
  const containers = copy.spec.template.spec.containers.map((container) =>
    container.name === name ? { ...container, image } : container,
  );
  return {
    ...copy,
    spec: { ...copy.spec, template: { ...copy.spec.template, spec: { ...copy.spec.template.spec, containers } } },
  };
}

/** The same image under a tag one higher in its last number, or `demo` where the tag has none. */
function nextTag(image: string): string {
  const reference = image.replace(/@sha256:.*$/, '');
  const [, repository = reference, tag = ''] = /^(.*):([^/:]+)$/.exec(reference) ?? [];
  const next = tag.replace(/(\d+)(?=\D*$)/, (number) => String(Number(number) + 1));
  return `${repository}:${next && next !== tag ? next : 'demo'}`;
}

function shortImage(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}

function nameOf({ manifest }: RenderedObject): string {
  return `${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`;
}

async function waitFor<T>(what: string, probe: () => Promise<T | undefined>): Promise<NonNullable<T>> {
  const found = await until(probe, { deadline: 60_000 });
  if (found) return found;
  throw new ArgosyError({
    code: 'not-settled',
    what: `waited a minute for ${what}`,
    why: 'the tour reports only what it saw on the API server',
    fix: 'look at argosy status and the logs in the state folder',
  });
}

function nothingToDo(what: string): ArgosyError {
  return new ArgosyError({
    code: 'not-settled',
    what,
    why: 'the tour deletes and updates a Deployment of the fleet',
    fix: 'choose a cluster that has one with --cluster',
  });
}
