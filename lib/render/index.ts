/**
 * render: manifests to files. Knows where an object's file stands and how a folder comes to hold
 * the wanted files; does not know what the objects mean.
 * Its law: after a write, a comparison finds nothing to do.
 */
export { fileOf } from './layout';
export { compareTree, header, writeTree, type TreeChange, type TreeFile } from './tree';
