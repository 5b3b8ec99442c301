import lock from './images.json';

/** The image of each workload. Public images stand in for the shop's own. */
export type Images = Readonly<Record<'storefront' | 'api' | 'cache' | 'worker' | 'report', string>>;

/**
 * Which image runs where: a release changes one line of images.json, a promotion copies it to
 * the next environment. An image that is missing there does not compile here.
 */
export const images: Readonly<Record<'staging' | 'production', Images>> = lock;
