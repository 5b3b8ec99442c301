import { describe, expect, it } from 'vitest';
import { CronTask, Migration, WebService } from '../../lib';
import { manifests, only } from './sample';

const image = 'ghcr.io/acme/api:1.4.2';

describe('a Migration', () => {
  it('is a PreSync hook that replaces its last run, tries once and ends', () => {
    const job = only(
      'Job',
      manifests((app) => new Migration(app, 'migration', { image, command: ['./migrate'] })),
    );
    expect(job.metadata.annotations).toEqual({
      'argocd.argoproj.io/hook': 'PreSync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
    expect(job.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 600 });
    expect(job.spec.template.spec.restartPolicy).toBe('Never');
    expect(job.spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  it('comes before what depends on it by its phase, and needs no wave', () => {
    const all = manifests((app) => {
      const migration = new Migration(app, 'migration', { image });
      new WebService(app, 'api', { image, port: 80 }).node.addDependency(migration);
    });
    for (const { metadata } of all)
      expect(metadata.annotations ?? {}).not.toHaveProperty('argocd.argoproj.io/sync-wave');
  });

  it('hands its annotations to the pod, by which a local rehearsal fails', () => {
    const podAnnotations = { 'argosy.dev/local-result': 'fail' };
    const job = only(
      'Job',
      manifests((app) => new Migration(app, 'migration', { image, podAnnotations })),
    );
    expect(job.spec.template.metadata.annotations).toEqual(podAnnotations);
  });
});

describe('a CronTask', () => {
  const cronJob = (props = {}) =>
    only(
      'CronJob',
      manifests((app) => new CronTask(app, 'report', { image, schedule: '30 2 * * *', ...props })),
    );

  it('runs by its own time zone, one at a time, and ends', () => {
    const { jobTemplate, ...spec } = cronJob().spec;
    expect(spec).toEqual({
      schedule: '30 2 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
    });
    expect(jobTemplate.spec).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 3600 });
    expect(jobTemplate.spec.template.spec.restartPolicy).toBe('Never');
  });

  it('can wait, overlap and replace', () => {
    expect(cronJob({ suspend: true, concurrencyPolicy: 'Replace', timeZone: 'Europe/Berlin' }).spec).toMatchObject({
      suspend: true,
      concurrencyPolicy: 'Replace',
      timeZone: 'Europe/Berlin',
    });
  });
});
