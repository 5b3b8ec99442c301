import { ApiObject, type ApiObjectProps, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { Application } from '../argocd';
import { Cluster } from '../fleet';
import { ArgosyError, checkLabel, type Where } from '../kube';
import { whereIs } from '../synth';
import type { PodProps } from './pod';

export interface WorkloadProps extends PodProps {
  /**
   * Name of its objects, and the value of the label that selects its pods.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * RFC 6902 operations on the main object, applied last and visible in the diff.
   * @default - none
   */
  readonly patch?: readonly JsonPatch[];
}

/** What a workload's place in the fleet says of its objects. */
export interface WorkloadPlace {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly where: Where;
  /** Labels of every object. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that select its pods: a part of `labels` that never changes, for selectors are immutable. */
  readonly selector: Readonly<Record<string, string>>;
}

const taken = new WeakMap<Application, Map<string, string>>();

/**
 * Finds the Application around a workload and names the workload's objects. Two workloads of one
 * application cannot share a name, also where their kinds differ: a Service would send requests
 * to the pods of a Migration. Workloads of two applications are not compared here.
 *
 * @throws ArgosyError `invalid-name`, `duplicate-object`, or `outside-of-cluster` where no
 * Application is around
 */
export function placeOf(construct: Construct, props: WorkloadProps, maximum: number = 63): WorkloadPlace {
  const where = whereIs(construct);
  const application = construct.node.scopes.findLast((scope): scope is Application => scope instanceof Application);
  if (!application) throw outsideError(where);
  const cluster = Cluster.of(application);
  const name = checkLabel('the name of the workload', props.name ?? construct.node.id, where, { maximum });
  const names = taken.get(application) ?? new Map<string, string>();
  const twin = names.get(name);
  if (twin !== undefined) throw sameNameError(name, twin, where);
  taken.set(application, names.set(name, construct.node.path));

  const selector = { 'app.kubernetes.io/name': name };
  const labels = { ...selector, 'app.kubernetes.io/part-of': application.project.name };
  return { name, namespace: application.namespace!, cluster, where, labels, selector };
}

/**
 * Adds an object to a workload. It is a plain ApiObject: the classes of cdk8s-plus drop what
 * Kubernetes 1.28 did not have, also where a patch adds it.
 */
export function addObject(scope: Construct, manifest: ApiObjectProps, patch: readonly JsonPatch[] = []): ApiObject {
  const object = new ApiObject(scope, manifest.kind, manifest);
  object.addJsonPatch(...patch);
  return object;
}

function outsideError(where: Where): ArgosyError {
  return new ArgosyError({
    code: 'outside-of-cluster',
    where,
    what: 'the workload stands below no Application',
    why: 'Argo CD syncs only what an Application holds',
    fix: 'make it inside an Application, with `this` or the application as its scope',
  });
}

function sameNameError(name: string, twin: string, where: Where): ArgosyError {
  return new ArgosyError({
    code: 'duplicate-object',
    where,
    what: `its name ${name} is that of ${twin}`,
    why: 'the name selects the pods, so each of the two would select those of the other',
    fix: 'give one of them another id or name',
  });
}
