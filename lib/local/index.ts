/**
 * local: the embedded default: real parts as processes on loopback. Knows how they are found,
 * started, bootstrapped and ended; does not know how a fleet is loaded or what is printed.
 * Its law: nothing outlives its owner, and nothing is written outside the state folder.
 */
export { findRuns, findStates } from './attach';
export { downState, type DownResult } from './down';
export { acquireParts, findParts, type Parts, type PartsProgress } from './parts';
export { until } from './poll';
export { applicationNames, LocalRun, type LocalFleet, type RunOptions, type RunProgress } from './run';
export { isSettled, type ApplicationState } from './status';
