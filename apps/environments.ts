import type { Cpu, Memory } from '../lib';
import { images, type Images } from './images';

/** All that may differ between two clusters. What is not here is the same everywhere. */
export interface Environment {
  readonly name: keyof typeof images;
  /** Which image each workload runs. */
  readonly images: Images;
  /** Pods of each service that answers requests. */
  readonly replicas: number;
  readonly hosts: { readonly shop: string; readonly argocd: string };
  /** What all pods of the shop's namespace may ask for together. */
  readonly quota: { readonly cpu: Cpu; readonly memory: Memory };
  /** Whether Argo CD's Redis, repo-server, API server and ApplicationSet controller run twice or more. */
  readonly highAvailability: boolean;
}

export const staging: Environment = {
  name: 'staging',
  images: images.staging,
  replicas: 1,
  hosts: { shop: 'shop.staging.example.com', argocd: 'argocd.staging.example.com' },
  quota: { cpu: '2', memory: '4Gi' },
  highAvailability: false,
};

export const production: Environment = {
  name: 'production',
  images: images.production,
  replicas: 3,
  hosts: { shop: 'shop.example.com', argocd: 'argocd.example.com' },
  quota: { cpu: '8', memory: '16Gi' },
  highAvailability: true,
};
