import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildFleet } from '../../apps/fleet';
import { images } from '../../apps/images';
import { annotationOf, formatIdentity, groupOf, identityOf, type Manifest } from '../../lib/kube';
import { compareTree, filesOf } from '../../lib/render';
import { podSpecOf, violations } from '../workload/restricted';

const rendered = buildFleet().render();
const units = rendered.clusters.flatMap(({ root, applications }) => [root, ...applications]);
const all = units.flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
const pods = all
  .map((manifest) => ({ name: formatIdentity(identityOf(manifest)), pod: podSpecOf(manifest) }))
  .filter(({ pod }) => pod);

const wave = (manifest: Manifest) => Number(annotationOf(manifest, 'argocd.argoproj.io/sync-wave') ?? 0);

describe('the sample fleet', () => {
  it('comes up in this order on every cluster', () => {
    const order = rendered.clusters.map(({ name, root }) => {
      const lines = new Map<number, string[]>();
      for (const { manifest } of root.objects) {
        const at = wave(manifest);
        lines.set(at, [...(lines.get(at) ?? []), manifest.metadata.name]);
      }
      const sorted = [...lines].sort(([a], [b]) => a - b);
      return [name, ...sorted.map(([at, names]) => `${String(at).padStart(4)}  ${names.sort().join(' ')}`)].join('\n');
    });
    expect(order.join('\n')).toMatchInlineSnapshot(`
      "staging
        -1  argocd default platform shop
         0  staging-argocd staging-shop-namespace
         1  staging-cache
         2  staging-api
         3  staging-report staging-storefront staging-worker
      production
        -1  argocd default platform shop
         0  production-argocd production-shop-namespace
         1  production-cache
         2  production-api
         3  production-report production-storefront production-worker"
    `);
  });

  it('is what is committed', () => {
    expect(compareTree(resolve(__dirname, '../../apps/manifests'), filesOf(rendered))).toEqual({
      create: [],
      update: [],
      remove: [],
      foreign: [],
      unchanged: all.length,
    });
  });

  it('is the same each time it is built', () => {
    expect(filesOf(buildFleet().render())).toEqual(filesOf(rendered));
  });

  it('takes its repository from whoever builds it, everywhere', () => {
    const local = buildFleet({ repository: { url: 'file:///tmp/fleet.git' } }).render();
    expect(JSON.stringify(filesOf(local))).not.toContain('github.com/acme');
  });

  it('runs pods that the restricted Pod Security Standard admits', () => {
    expect(pods).toHaveLength(2 * 6);
    for (const { name, pod } of pods) expect([name, violations(pod)]).toEqual([name, []]);
  });

  it('runs the images of the lock, all of them, each at a fixed tag', () => {
    const running = new Set(pods.flatMap(({ pod }) => pod.containers.map(({ image }: any) => image)));
    expect([...running].sort()).toEqual(
      [...new Set(Object.values(images).flatMap((each) => Object.values(each)))].sort(),
    );
    for (const image of running) expect(image).toMatch(/^[a-z.]+\/[a-z/]+:\d[\w.-]+$/);
  });

  it('asks for less than the quota grants, also in the middle of an update', () => {
    for (const { applications } of rendered.clusters) {
      const objects = applications.flatMap(({ objects }) => objects.map(({ manifest }) => manifest as any));
      const quota = objects.find(({ kind }) => kind === 'ResourceQuota').spec.hard;
      const asked = { cpu: 0, memory: 0 };
      for (const object of objects) {
        const pod = podSpecOf(object);
        for (const { resources } of pod?.containers ?? []) {
          const count = (object.spec.replicas ?? 0) + 1; // a surge, or a Job
          asked.cpu += count * parseInt(resources.requests.cpu);
          asked.memory += count * parseInt(resources.requests.memory);
        }
      }
      expect(asked.cpu).toBeLessThan(1000 * Number(quota['requests.cpu']));
      expect(asked.memory).toBeLessThan(1024 * parseInt(quota['requests.memory']));
    }
  });

  it('puts every object where its project permits it', () => {
    for (const { root, applications, name: cluster } of rendered.clusters) {
      const named = (kind: string, name: string): any =>
        root.objects.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name)!.manifest;
      for (const { folder, objects } of applications) {
        if (objects.length === 0) continue;
        const project = named('AppProject', named('Application', folder.replace('/', '-')).spec.project).spec;
        const spaces = project.destinations.map(({ namespace }: any) => namespace);
        for (const { manifest } of objects) {
          const matches = ({ group, kind }: any) => group === groupOf(manifest.apiVersion) && kind === manifest.kind;
          const allowed = manifest.metadata.namespace
            ? spaces.includes(manifest.metadata.namespace) &&
              (project.namespaceResourceWhitelist ?? [manifest]).some(
                (pattern: any) => pattern === manifest || matches(pattern),
              ) &&
              !(project.namespaceResourceBlacklist ?? []).some(matches)
            : project.clusterResourceWhitelist.some(matches);
          expect([cluster, formatIdentity(identityOf(manifest)), allowed]).toEqual([
            cluster,
            formatIdentity(identityOf(manifest)),
            true,
          ]);
        }
      }
    }
  });

  it('holds no Secret', () => {
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});
