/*
 * What the core takes of undici: the pool alone. Its index loads fetch, caches and mocks as well: 4 MiB of
 * memory and 16 ms of every start.
 */
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
