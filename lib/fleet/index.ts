/**
 * fleet: clusters and the one repository they are read from. Knows how constructs become a
 * rendered fleet; does not know AppProjects, Helm or workloads.
 * Its law: the same program gives the same files, byte for byte.
 */
export { Cluster, type ClusterProps } from './cluster';
export { Fleet, type FleetOptions, type FleetProps } from './fleet';
export { pathBelowCluster } from './render';
