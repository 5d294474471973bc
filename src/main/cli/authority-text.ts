import type { AuthorityInfo } from '../../shared/share-model.ts';

export function authorityText({ name, fingerprint, validTo }: AuthorityInfo): string {
  return `${name}, valid until ${validTo.slice(0, 10)}\nSHA-256 ${fingerprint}`;
}
