/** Name constraints as bytes. Only `certificate-writer.ts` imports it: the library behind it is large. */
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import { networkOf } from '../network/address-range.ts';
import type { Constraints } from './name-constraints.ts';

/** The value of the extension, in DER: `permittedSubtrees` only. */
export function encodeConstraints(constraints: Constraints): Uint8Array<ArrayBuffer> {
  const bases = [
    ...constraints.names.map(dNSName => new GeneralName({ dNSName })),
    ...constraints.ranges.map(range => new GeneralName({ iPAddress: networkOf(range) })),
  ];
  const permittedSubtrees = new GeneralSubtrees(bases.map(base => new GeneralSubtree({ base })));
  return new Uint8Array(AsnConvert.serialize(new NameConstraints({ permittedSubtrees })));
}
