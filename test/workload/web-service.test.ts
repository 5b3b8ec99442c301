import { JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { AppProject, Application, Cluster, WebService } from '../../lib';
import { application, manifests, manifestsOf, only, printed } from './sample';

const image = 'ghcr.io/acme/api:1.4.2';

describe('a WebService', () => {
  it('is a Deployment and a Service, with every safe default', () => {
    expect(printed((app) => new WebService(app, 'api', { image, port: 8080 }))).toMatchInlineSnapshot(`
      "apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: api
        namespace: shop
        labels:
          app.kubernetes.io/name: api
          app.kubernetes.io/part-of: shop
      spec:
        replicas: 1
        revisionHistoryLimit: 3
        selector:
          matchLabels:
            app.kubernetes.io/name: api
        strategy:
          rollingUpdate:
            maxSurge: 1
            maxUnavailable: 0
          type: RollingUpdate
        template:
          metadata:
            labels:
              app.kubernetes.io/name: api
              app.kubernetes.io/part-of: shop
          spec:
            automountServiceAccountToken: false
            containers:
              - name: api
                image: ghcr.io/acme/api:1.4.2
                lifecycle:
                  preStop:
                    sleep:
                      seconds: 5
                livenessProbe:
                  failureThreshold: 6
                  httpGet:
                    path: /healthz
                    port: http
                  periodSeconds: 10
                ports:
                  - name: http
                    containerPort: 8080
                readinessProbe:
                  failureThreshold: 3
                  httpGet:
                    path: /healthz
                    port: http
                  periodSeconds: 5
                resources:
                  limits:
                    memory: 128Mi
                  requests:
                    cpu: 50m
                    memory: 128Mi
                securityContext:
                  allowPrivilegeEscalation: false
                  capabilities:
                    drop:
                      - ALL
                  readOnlyRootFilesystem: true
            enableServiceLinks: false
            securityContext:
              runAsGroup: 65532
              runAsNonRoot: true
              runAsUser: 65532
              seccompProfile:
                type: RuntimeDefault
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: api
        namespace: shop
        labels:
          app.kubernetes.io/name: api
          app.kubernetes.io/part-of: shop
      spec:
        ports:
          - name: http
            port: 8080
            targetPort: http
        selector:
          app.kubernetes.io/name: api
      "
    `);
  });

  it('has an Ingress where it is asked for', () => {
    const ingress = { host: 'shop.example.com', path: '/api', className: 'nginx', tlsSecret: 'shop-tls' };
    const { spec } = only(
      'Ingress',
      manifests((app) => new WebService(app, 'api', { image, port: 80, ingress })),
    );
    expect(spec).toEqual({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }],
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [
              { path: '/api', pathType: 'Prefix', backend: { service: { name: 'api', port: { name: 'http' } } } },
            ],
          },
        },
      ],
    });
  });

  it.each([0, 1])('has no PodDisruptionBudget with %i replicas, which it could only block', (replicas) => {
    const kinds = manifests((app) => new WebService(app, 'api', { image, port: 80, replicas })).map(({ kind }) => kind);
    expect(kinds).toEqual(['Deployment', 'Service']);
  });

  it('lets one pod go at a time from two replicas on', () => {
    const all = manifests((app) => new WebService(app, 'api', { image, port: 80, replicas: 2 }));
    expect(only('PodDisruptionBudget', all).spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'api' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it('reaches its container through every port it declares', () => {
    const app = application();
    const service = new WebService(app, 'api', { image, port: 8080, servicePort: 80 });
    const all = manifestsOf(app);
    const [port] = only('Service', all).spec.ports;
    const [containerPort] = only('Deployment', all).spec.template.spec.containers[0].ports;
    expect(service.address).toBe('api.shop.svc:80');
    expect(port).toEqual({ name: 'http', port: 80, targetPort: containerPort.name });
    expect(containerPort.containerPort).toBe(8080);
  });

  it('is asked by TCP, or not at all, where it says so', () => {
    const container = (probe: 'tcp' | false) =>
      only(
        'Deployment',
        manifests((app) => new WebService(app, 'api', { image, port: 80, probe })),
      ).spec.template.spec.containers[0];
    expect(container('tcp').readinessProbe.tcpSocket).toEqual({ port: 'tcp' });
    expect(container(false)).not.toHaveProperty('readinessProbe');
    expect(container(false)).not.toHaveProperty('livenessProbe');
  });

  it('drains where Kubernetes knows how to sleep, from 1.30 on', () => {
    const lifecycle = (kubernetes: string, drainSeconds = 5) =>
      only(
        'Deployment',
        manifests((app) => new WebService(app, 'api', { image, port: 80, drainSeconds }), { kubernetes }),
      ).spec.template.spec.containers[0].lifecycle;
    expect(lifecycle('1.36')).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(lifecycle('1.30')).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(lifecycle('1.29')).toBeUndefined();
    expect(lifecycle('1.36', 0)).toBeUndefined();
  });

  it('applies its patch last, also with fields that cdk8s-plus does not know', () => {
    const patch = [
      JsonPatch.replace('/spec/replicas', 7),
      JsonPatch.remove('/spec/template/spec/containers/0/lifecycle'),
      JsonPatch.add('/spec/template/spec/resources', { limits: { memory: '1Gi' } }),
    ];
    const { spec } = only(
      'Deployment',
      manifests((app) => new WebService(app, 'api', { image, port: 80, patch })),
    );
    expect(spec.replicas).toBe(7);
    expect(spec.template.spec.containers[0]).not.toHaveProperty('lifecycle');
    expect(spec.template.spec.resources).toEqual({ limits: { memory: '1Gi' } });
  });

  it('keeps its name and selectors wherever it moves', () => {
    const selectors = (place: (app: Application) => Construct) =>
      manifests((app) => new WebService(place(app), 'api', { image, port: 80, replicas: 2 })).map((manifest: any) => [
        manifest.kind,
        manifest.metadata.name,
        manifest.spec.selector,
      ]);
    const elsewhere = (app: Application) =>
      new Application(Cluster.of(app), 'other', {
        project: new AppProject(Cluster.of(app), 'others', { namespaces: ['shop'] }),
        namespace: 'shop',
      });
    const here = selectors((app) => app);
    expect(selectors((app) => new Construct(new Construct(app, 'deep'), 'deeper'))).toEqual(here);
    expect(selectors(elsewhere)).toEqual(here);
  });

  it('takes another name than its id', () => {
    const all = manifests((app) => new WebService(app, 'Default', { name: 'api', image, port: 80 }));
    expect(all.map(({ metadata }) => metadata.name)).toEqual(['api', 'api']);
  });
});
