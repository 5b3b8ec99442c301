/**
 * report: findings, orders and states as text. Knows how data reads; does not know where it
 * comes from. Its law: nothing that somebody else named can act on the terminal.
 */
export { printFindings } from './findings';
export { printOrder } from './order';
export { printStates } from './states';
export { columns, count, inert, seconds } from './terminal';
