/**
 * fleet: clusters and the one repository they are read from. Knows how constructs become a
 * rendered fleet and its files; does not know AppProjects, Helm or workloads.
 * Its law: the same program gives the same files, byte for byte.
 */
export { Cluster, type ClusterProps } from './cluster';
export { Fleet, type FleetOptions, type FleetProps } from './fleet';
export { filesOf, pathBelowCluster, renderFleet } from './render';
export {
  rootFolder,
  type RenderedCluster,
  type RenderedFleet,
  type RenderedObject,
  type RenderedUnit,
  type Repository,
} from './rendered';
