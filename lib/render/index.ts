/**
 * render: manifests to files. Knows a rendered fleet as data, where an object's file stands and
 * how a folder comes to hold the wanted files; does not know what the objects mean.
 * Its law: after a write, a comparison finds nothing to do.
 */
export { fileOf } from './layout';
export {
  filesOf,
  rootFolder,
  rootName,
  type RenderedCluster,
  type RenderedFleet,
  type RenderedObject,
  type RenderedUnit,
  type Repository,
} from './rendered';
export { compareTree, header, writeTree, type TreeChange, type TreeFile } from './tree';
