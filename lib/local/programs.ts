import type { Parts } from './parts';

/** The programs alone: what is run needs to know nothing of where they came from. */
export type Programs = Omit<Parts, 'sources'>;
