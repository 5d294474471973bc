import { buildCore, install } from '../../build/prepare.mjs';

/** Integration tests run what ships: the bundle, built anew when a source is newer. */
export function setup(): void {
  install();
  buildCore();
}
