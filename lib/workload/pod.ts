import { k8s } from 'cdk8s-plus-28';
import { checkImage, checkList, checkMap, checkText, checkWhole, invalidProperty, type Where } from '../kube';

/** An amount of processor time: `50m` is a twentieth of a core, `2` is two cores. */
export type Cpu = `${number}` | `${number}m`;

/** An amount of memory, such as `128Mi`. */
export type Memory = `${number}${'Ki' | 'Mi' | 'Gi'}`;

/** A key of a Secret in the same namespace. The value stays there; Git holds its name alone. */
export interface SecretReference {
  readonly name: string;
  readonly key: string;
}

export interface PodProps {
  /** Container image with a tag or digest. `latest` is refused. */
  readonly image: string;
  /**
   * What the container runs. No shell reads it.
   * @default - the image's entrypoint
   */
  readonly command?: readonly string[];
  /**
   * Arguments of the command.
   * @default - the image's own
   */
  readonly args?: readonly string[];
  /**
   * Environment variables. They are written to Git: anything secret goes to `secrets`.
   * @default {}
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Environment variables taken from Secrets, such as `{ TOKEN: { name: 'api', key: 'token' } }`.
   * @default {}
   */
  readonly secrets?: Readonly<Record<string, SecretReference>>;
  /**
   * Processor time asked for. There is no limit: a limit throttles even on an idle node.
   * @default '50m'
   */
  readonly cpu?: Cpu;
  /**
   * Memory asked for, and its limit: a pod that needs more is ended itself, not its neighbours.
   * @default '128Mi'
   */
  readonly memory?: Memory;
  /**
   * User and group the container runs as. Said as a number always, for the kubelet cannot prove
   * that an image's `USER app` is not root, and refuses it.
   * @default 65532 - `nonroot` of the distroless images, an owner of nothing elsewhere
   */
  readonly runAsUser?: number;
  /**
   * Whether the image's files cannot be changed. `writablePaths` opens single folders.
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;
  /**
   * Folders that can be written, empty at each start.
   * @default []
   */
  readonly writablePaths?: readonly string[];
  /**
   * Seconds between the request to end and the kill.
   * @default 30 - as Kubernetes
   */
  readonly terminationGracePeriodSeconds?: number;
  /**
   * Annotations of the pods.
   * @default {}
   */
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

/** What a kind of workload adds to its pods. */
export interface PodFrame {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** @default 'Always' - as Kubernetes */
  readonly restartPolicy?: 'Never';
  /** @default {} */
  readonly container?: Pick<k8s.Container, 'livenessProbe' | 'ports' | 'readinessProbe'>;
}

/**
 * The pods of a workload: one container, admitted by the *restricted* Pod Security Standard,
 * without a token of the API server. Pure; it does not look whether the image exists.
 *
 * Source: Kubernetes `pod-security-admission/policy`.
 *
 * @throws ArgosyError `invalid-image` or `invalid-property`
 */
export function planPod(props: PodProps, frame: PodFrame, where: Where): k8s.PodTemplateSpec {
  const user = checkWhole('runAsUser', props.runAsUser ?? 65532, { minimum: 1, maximum: 2 ** 31 - 1 }, where);
  const memory = k8s.Quantity.fromString(checkText('memory', props.memory ?? '128Mi', memoryForm, where));
  const environment = planEnvironment(props, where);
  const paths = checkPaths(props.writablePaths ?? [], where);
  const annotations = checkMap('podAnnotations', props.podAnnotations ?? {}, where);
  return {
    metadata: { labels: { ...frame.labels }, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      automountServiceAccountToken: false,
      // Else every Service of the namespace leaks in as variables such as API_PORT=tcp://….
      enableServiceLinks: false,
      ...(frame.restartPolicy && { restartPolicy: frame.restartPolicy }),
      ...(props.terminationGracePeriodSeconds !== undefined && {
        terminationGracePeriodSeconds: graceOf(props, where),
      }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: user,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: frame.name,
          image: checkImage(props.image, where),
          ...(props.command && { command: checkList('command', props.command, where) }),
          ...(props.args && { args: checkList('args', props.args, where) }),
          ...(environment.length > 0 && { env: environment }),
          resources: {
            requests: { cpu: k8s.Quantity.fromString(checkText('cpu', props.cpu ?? '50m', cpuForm, where)), memory },
            limits: { memory },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: props.readOnlyRootFilesystem ?? true,
          },
          ...(paths.length > 0 && {
            volumeMounts: paths.map((mountPath, at) => ({ name: `writable-${at}`, mountPath })),
          }),
          ...frame.container,
        },
      ],
      ...(paths.length > 0 && { volumes: paths.map((_, at) => ({ name: `writable-${at}`, emptyDir: {} })) }),
    },
  };
}

/** The seconds a pod has to end. */
export function graceOf(props: PodProps, where: Where): number {
  const seconds = props.terminationGracePeriodSeconds ?? 30;
  return checkWhole('terminationGracePeriodSeconds', seconds, { minimum: 0, maximum: 86_400 }, where);
}

const cpuForm = {
  pattern: /^(?:[1-9]\d{0,5}m?|0\.\d{1,3})$/,
  why: 'it is a number of cores, or of thousandths with "m"',
  example: '50m',
};
const memoryForm = { pattern: /^[1-9]\d{0,8}(?:Ki|Mi|Gi)$/, why: 'it is a number of Ki, Mi or Gi', example: '128Mi' };
const variableForm = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  why: 'shells read letters, digits and "_" alone, and no digit first',
  example: 'LOG_LEVEL',
};

function planEnvironment({ environment = {}, secrets = {} }: PodProps, where: Where): k8s.EnvVar[] {
  for (const name of [...Object.keys(environment), ...Object.keys(secrets)]) {
    checkText('the name of an environment variable', name, variableForm, where);
    if (!Object.hasOwn(environment, name) || !Object.hasOwn(secrets, name)) continue;
    throw invalidProperty(where, `${name} stands in environment and in secrets`, 'it has one value', 'remove one');
  }
  return [
    ...Object.entries(checkMap('environment', environment, where)).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, secret]) => ({
      name,
      valueFrom: { secretKeyRef: reference(name, secret) },
    })),
  ];

  function reference(variable: string, secret: SecretReference): k8s.SecretKeySelector {
    const { name, key } = Object(secret) as SecretReference;
    const example = { why: 'it is a reference, { name, key }, never the value itself', example: 'api' };
    checkText(`secrets.${variable}.name`, name, { pattern: /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, ...example }, where);
    checkText(`secrets.${variable}.key`, key, { pattern: /^[-._a-zA-Z0-9]+$/, ...example }, where);
    return { name, key };
  }
}

function checkPaths(paths: readonly string[], where: Where): readonly string[] {
  const form = { pattern: /^\/[^:\0]+$/, why: 'it is an absolute path without ":"', example: '/tmp' };
  for (const [at, path] of checkList('writablePaths', paths, where).entries()) {
    checkText(`writablePaths.${at}`, path, form, where);
    if (paths.indexOf(path) !== at)
      throw invalidProperty(where, `writablePaths holds ${path} twice`, 'a path is mounted once', 'remove one');
  }
  return paths;
}
