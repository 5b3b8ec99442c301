import type { Manifest } from '../../lib/kube';

/** The pod spec of a manifest, wherever its kind keeps it. */
export function podSpecOf({ kind, spec }: Manifest): any {
  const at = spec as any;
  if (kind === 'Pod') return at;
  if (kind === 'CronJob') return at.jobTemplate.spec.template.spec;
  return at?.template?.spec;
}

/**
 * What the *restricted* Pod Security Standard, with *baseline* below it, refuses of a Linux pod:
 * the names of the controls, as the documentation lists them.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function violations(pod: any): string[] {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => pod[list] ?? []);
  const contexts = [pod, ...containers].map(({ securityContext }) => securityContext ?? {});
  const broken: Record<string, boolean> = {
    // Baseline
    HostProcess: contexts.some(({ windowsOptions }) => windowsOptions?.hostProcess),
    'Host Namespaces': pod.hostNetwork || pod.hostPID || pod.hostIPC,
    'Privileged Containers': contexts.some(({ privileged }) => privileged),
    'HostPath Volumes': (pod.volumes ?? []).some((volume: object) => 'hostPath' in volume),
    'Host Ports': containers.some(({ ports }) => ports?.some((port: any) => port.hostPort)),
    'Host Probes / Lifecycle Hooks': containers.some(hasHost),
    AppArmor: contexts.some(({ appArmorProfile }) => appArmorProfile?.type === 'Unconfined'),
    SELinux: contexts.some(({ seLinuxOptions }) => seLinuxOptions !== undefined),
    '/proc Mount Type': contexts.some(({ procMount }) => (procMount ?? 'Default') !== 'Default'),
    Sysctls: (pod.securityContext?.sysctls ?? []).length > 0,
    // Restricted
    'Volume Types': (pod.volumes ?? []).some((volume: object) =>
      Object.keys(volume).some((key) => key !== 'name' && !volumeTypes.includes(key)),
    ),
    'Privilege Escalation': containers.some((one) => one.securityContext?.allowPrivilegeEscalation !== false),
    'Running as Non-root': containers.some(
      ({ securityContext }) => (securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) !== true,
    ),
    'Running as Non-root user': contexts.some(({ runAsUser }) => runAsUser === 0),
    Seccomp: containers.some(({ securityContext }) => {
      const profile = securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile;
      return !['RuntimeDefault', 'Localhost'].includes(profile?.type);
    }),
    Capabilities: containers.some(({ securityContext }) => {
      const { drop = [], add = [] } = securityContext?.capabilities ?? {};
      return !drop.includes('ALL') || add.some((name: string) => name !== 'NET_BIND_SERVICE');
    }),
  };
  return Object.keys(broken).filter((control) => broken[control]);
}

const volumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

function hasHost({ livenessProbe, readinessProbe, startupProbe, lifecycle }: any): boolean {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.preStop, lifecycle?.postStart].some(
    (handler) => handler?.httpGet?.host || handler?.tcpSocket?.host,
  );
}
