import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Api } from '../../../lib/local/api';
import { isRunning, startOf } from '../../../lib/local/identity';
import { startArgoCd } from '../../../lib/local/argocd';
import { startControlPlane } from '../../../lib/local/control-plane';
import { openState } from '../../../lib/local/state';
import type { ArgoCdProcesses } from '../../../lib/local/argocd';
import type { ControlPlane } from '../../../lib/local/control-plane';
import type { PartRecord } from '../../../lib/local/state';
import { until } from '../../../lib/local/poll';
import { realParts } from './real';

describe('the local machine', { timeout: 30_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'argosy-plane-'));
  const timings: Record<string, number> = {};
  let plane: ControlPlane;
  let argocd: ArgoCdProcesses;
  let api: Api;
  let everyPart: readonly PartRecord[] = [];

  beforeAll(async () => {
    const parts = await realParts();
    const state = await openState(join(root, 'state'));
    const begin = performance.now();
    plane = await startControlPlane({ state, parts, name: 'test' });
    timings['control plane ready'] = performance.now() - begin;
    api = new Api(plane.server, plane.token, plane.caFile);
    const begun = performance.now();
    const settings = { params: { 'server.insecure': 'true', 'controller.status.processors': '3' }, cm: {} };
    const started = startArgoCd({
      controlPlane: plane,
      parts,
      namespace: 'argocd',
      settings,
      redisPassword: 'canary-9d1f',
    });
    await bootstrap(api, parts.argocdFiles);
    timings['bootstrap applied'] = performance.now() - begun;
    argocd = await started;
    timings['Argo CD ready'] = performance.now() - begun;
    everyPart = plane.processes.parts;
  }, 120_000);

  afterAll(async () => {
    if (plane) {
      const begin = performance.now();
      await plane.processes.stopAll();
      await plane.state.close();
      timings['stopped'] = performance.now() - begin;
      api.close();
    }
    console.log(
      Object.entries(timings)
        .map(([name, ms]) => `${name}: ${Math.round(ms)}`)
        .join('\n'),
    );
    expect(everyPart.some(isRunning)).toBe(false);
    expect(startOf(plane?.processes.watchdogPid ?? 0)).toBeUndefined();
    rmSync(root, { recursive: true, force: true });
  }, 30_000);

  async function get(path: string): Promise<any> {
    return api.find(path);
  }

  async function timed(name: string, probe: () => Promise<boolean>, deadline = 20_000): Promise<void> {
    const begin = performance.now();
    const seen = await until(probe, { deadline, interval: 10 });
    timings[name] = performance.now() - begin;
    expect(seen, name).toBe(true);
  }

  it('names the settings that have no effect', () => {
    expect(argocd.withoutEffect).toEqual([
      { key: 'server.insecure', reason: 'no component that runs locally reads it' },
    ]);
  });

  it('listens on loopback alone', () => {
    const pids = new Set(plane.processes.parts.map(({ pid }) => pid));
    const lines = execFileSync('ss', ['-ltnpH'], { encoding: 'utf8' }).split('\n');
    const ours = lines.filter((line) => [...pids].some((pid) => line.includes(`pid=${pid},`)));
    const addresses = ours.map((line) => line.trim().split(/\s+/)[3] ?? '');
    expect(addresses.length).toBeGreaterThanOrEqual(7);
    // An official Argo CD binds the controller's metrics to every address; our own build does not.
    const own = addresses.filter((address) => !address.endsWith(`:${argocd.ports.controllerMetrics}`));
    expect(own.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('holds no secret in any command line, and its files are private', () => {
    for (const { pid } of plane.processes.parts) {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      expect(line).not.toContain(plane.token);
      expect(line).not.toContain('canary-9d1f');
    }
    for (const file of readdirSync(plane.state.path).filter((each) => each.endsWith('.log'))) {
      expect(readFileSync(join(plane.state.path, file), 'utf8')).not.toContain('canary-9d1f');
    }
    const modes = execFileSync('find', [plane.state.path, '-maxdepth', '1', '-type', 'f', '-perm', '/077'], {
      encoding: 'utf8',
    });
    expect(modes).toBe('');
  });

  it('refuses strangers and knows RBAC', async () => {
    const stranger = new Api(plane.server, 'wrong', plane.caFile);
    expect((await stranger.call('GET', '/api/v1/namespaces')).status).toBe(401);
    stranger.close();
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: 'jane', resourceAttributes: { verb: 'delete', resource: 'pods', namespace: 'default' } },
    };
    const answer = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
    expect(JSON.parse(answer.body).status.allowed).toBe(false);
  });

  it('makes a Deployment Available', async () => {
    await api.apply('/api/v1/namespaces/shop', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await apply('apps/v1', 'Deployment', 'shop', deployment('api', 2));
    await timed('Deployment Available', async () => {
      const { status } = await get('/apis/apps/v1/namespaces/shop/deployments/api');
      return status?.availableReplicas === 2;
    });
    const pods = await get('/api/v1/namespaces/shop/pods?labelSelector=app%3Dapi');
    expect(pods.items[0].status).toMatchObject({ phase: 'Running', hostIP: '10.244.0.1' });
    expect(pods.items[0].status.podIP).toMatch(/^10\.244\./);
    const slices = await get('/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
    expect(slices.items).toEqual([]);
  });

  it('completes a Job, and fails one that is annotated so', async () => {
    await apply('batch/v1', 'Job', 'shop', job('good', {}));
    await timed(
      'Job complete',
      async () => (await get('/apis/batch/v1/namespaces/shop/jobs/good')).status?.succeeded === 1,
    );
    await apply('batch/v1', 'Job', 'shop', job('bad', { 'argosy.dev/local-result': 'fail' }));
    await timed('Job failed', async () => {
      const { status } = await get('/apis/batch/v1/namespaces/shop/jobs/bad');
      return (
        status?.conditions?.some(
          ({ type, status: is }: { type: string; status: string }) => type === 'Failed' && is === 'True',
        ) ?? false
      );
    });
    const pods = await get('/api/v1/namespaces/shop/pods?labelSelector=job-name%3Dbad');
    expect(pods.items[0].status.containerStatuses[0].state.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
  });

  it('gives a load balancer, an ingress and a claim what a cloud would', async () => {
    await apply('v1', 'Service', 'shop', {
      metadata: { name: 'front' },
      spec: { type: 'LoadBalancer', selector: { app: 'api' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    });
    await timed('LoadBalancer', async () => {
      const { status } = await get('/api/v1/namespaces/shop/services/front');
      return /^198\.18\./.test(status?.loadBalancer?.ingress?.[0]?.ip ?? '');
    });
    await timed('EndpointSlice', async () => {
      const { items } = await get('/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      return items[0]?.endpoints?.length === 2;
    });
    await apply('networking.k8s.io/v1', 'Ingress', 'shop', {
      metadata: { name: 'web' },
      spec: { defaultBackend: { service: { name: 'front', port: { number: 80 } } } },
    });
    await timed('Ingress', async () => {
      const { status } = await get('/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web');
      return status?.loadBalancer?.ingress?.[0]?.ip === '198.19.0.1';
    });
    const claim = '/api/v1/namespaces/shop/persistentvolumeclaims/data';
    await apply('v1', 'PersistentVolumeClaim', 'shop', {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await timed('PVC bound', async () => (await get(claim)).status?.phase === 'Bound');
    const volume = `/api/v1/persistentvolumes/${(await get(claim)).spec.volumeName}`;
    await api.call('DELETE', claim);
    await timed('PV gone', async () => (await get(volume)) === undefined);
  });

  it('runs a StatefulSet with volumes, in order, and a DaemonSet', async () => {
    const labels = { app: 'db' };
    await apply('apps/v1', 'StatefulSet', 'shop', {
      metadata: { name: 'db' },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: labels },
        template: podTemplate(labels, [{ name: 'data', mountPath: '/data' }]),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    });
    await timed('StatefulSet ready', async () => {
      return (await get('/apis/apps/v1/namespaces/shop/statefulsets/db')).status?.readyReplicas === 2;
    });
    await apply('apps/v1', 'DaemonSet', 'shop', {
      metadata: { name: 'agent' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template: podTemplate({ app: 'agent' }) },
    });
    await timed('DaemonSet ready', async () => {
      return (await get('/apis/apps/v1/namespaces/shop/daemonsets/agent')).status?.numberReady === 1;
    });
  });

  it('enforces the Pod Security Standard of a namespace', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await api.apply('/api/v1/namespaces/strict', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'strict', labels },
    });
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'a' }] },
    };
    const answer = await api.call('POST', '/api/v1/namespaces/strict/pods', pod);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('PodSecurity');
  });

  it('lets the real Argo CD sync a file:// repository, follow a commit, and bring back what is deleted', async () => {
    const repository = join(root, 'repository');
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
    mkdirSync(join(repository, 'app'), { recursive: true });
    const commit = (replicas: number) => {
      const object = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('web', replicas) };
      writeFileSync(join(repository, 'app/web.yaml'), JSON.stringify(object));
      git('add', '.');
      git('commit', '-q', '-m', `replicas ${replicas}`);
      return git('rev-parse', 'HEAD').toString().trim();
    };
    git('init', '-q', '-b', 'main');
    const first = commit(1);
    const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/web';
    await api.apply(path, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'web', namespace: 'argocd' },
      spec: {
        project: 'default',
        source: { repoURL: `file://${repository}`, path: 'app', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
        syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
      },
    });
    const at = (revision: string, replicas: number) => async () => {
      const { status } = await get(path);
      const live = await get('/apis/apps/v1/namespaces/web/deployments/web');
      return (
        status?.sync?.revision === revision &&
        status.sync.status === 'Synced' &&
        status.health?.status === 'Healthy' &&
        live?.status?.availableReplicas === replicas
      );
    };
    await timed('Application Synced and Healthy', at(first, 1), 30_000);

    const second = commit(3);
    await api.call(
      'PATCH',
      path,
      { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } },
      'application/merge-patch+json',
    );
    await timed('commit to Synced and Healthy', at(second, 3));

    const live = '/apis/apps/v1/namespaces/web/deployments/web';
    const { uid } = (await get(live)).metadata;
    await api.call('DELETE', live);
    await timed('deleted Deployment back', async () => {
      const found = (await get(live))?.metadata.uid;
      return found !== undefined && found !== uid;
    });
    for (const each of plane.processes.parts) timings[`memory of ${each.part}, MiB`] = memory([each]);
    timings['memory of all parts, MiB'] = memory(plane.processes.parts);
    expect(timings['memory of all parts, MiB']).toBeLessThan(1638);
  }, 60_000);

  it('follows its settings', () => {
    const controller = plane.processes.parts.find(({ part }) => part === 'argocd-application-controller');
    const environment = readFileSync(`/proc/${controller?.pid}/environ`, 'utf8').split('\0');
    expect(environment).toContain('ARGOCD_APPLICATION_CONTROLLER_STATUS_PROCESSORS=3');
    expect(environment.filter((each) => /^(NODE|npm_|VITEST|USER|SSH)/i.test(each))).toEqual([]);
  });

  it('gives out a kubeconfig that kubectl takes, readable by its owner alone', () => {
    const config = parse(readFileSync(plane.kubeconfig, 'utf8'));
    expect(config['current-context']).toBe('test');
    const kubectl = (...args: string[]) =>
      execFileSync('kubectl', args, {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: root, KUBECONFIG: plane.kubeconfig },
      });
    try {
      execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    } catch {
      return console.warn('SKIPPED: no kubectl here');
    }
    expect(kubectl('get', 'nodes', '--no-headers')).toMatch(/^local\s+Ready/);
  });

  async function apply(
    apiVersion: string,
    kind: string,
    namespace: string,
    object: { metadata: { name: string }; [field: string]: unknown },
  ): Promise<void> {
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const plural = kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`;
    await api.apply(`${group}/namespaces/${namespace}/${plural}/${object.metadata.name}`, {
      apiVersion,
      kind,
      ...object,
    });
  }
});

async function bootstrap(api: Api, files: string): Promise<void> {
  const crds = readdirSync(join(files, 'crds')).map((name) => parse(readFileSync(join(files, 'crds', name), 'utf8')));
  await Promise.all(
    crds.map((crd) => api.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`, crd)),
  );
  const metadata = (name: string) => ({ name, namespace: 'argocd', labels: { 'app.kubernetes.io/part-of': 'argocd' } });
  await api.apply('/api/v1/namespaces/argocd', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
  await api.apply('/api/v1/namespaces/argocd/secrets/argocd-secret', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('argocd-secret'),
  });
  await api.apply('/api/v1/namespaces/argocd/configmaps/argocd-cm', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('argocd-cm'),
  });
  const project = {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  };
  const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/default';
  await until(async () => (await api.call('GET', '/apis/argoproj.io/v1alpha1')).body.includes('"appprojects"'), {
    deadline: 20_000,
  });
  await api.apply(path, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: 'argocd' },
    spec: project,
  });
}

function podTemplate(labels: Record<string, string>, volumeMounts: readonly unknown[] = [], more: object = {}) {
  return {
    metadata: { labels, ...more },
    spec: { containers: [{ name: 'main', image: 'example.test/app:1', volumeMounts }] },
  };
}

function deployment(name: string, replicas: number) {
  const labels = { app: name };
  return { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template: podTemplate(labels) } };
}

function job(name: string, annotations: Record<string, string>) {
  const template = podTemplate({ job: name }, [], { annotations });
  return {
    metadata: { name },
    spec: { backoffLimit: 0, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
  };
}

/** Mebibytes that the processes take together: their own, and their share of pages that several map (Pss). */
function memory(parts: readonly PartRecord[]): number {
  const kibibytes = parts.map(({ pid }) => {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  });
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}
