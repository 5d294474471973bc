/** Types of prepare.mjs, which is plain JavaScript because it runs before anything is installed. */
export function install(): void;
export function build(): void;
export function buildCore(): void;
