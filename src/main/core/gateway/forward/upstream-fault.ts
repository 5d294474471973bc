/**
 * What one failed exchange with the server means. A fault of one answer (too many header fields, no HTTP at
 * all) says nothing about the server: it must not be told as "the server cannot be reached".
 */
import { systemCode } from '../../errors.ts';
import { jsonAnswer, type Answer } from '../http-answer.ts';

/**
 * Bytes of header fields that an answer of the server may have: twice what the gateway accepts from a client.
 */
export const maxUpstreamHeaderBytes = 64 * 1024;

/**
 * The answer to the client; null where the connection failed, which the state of the server explains better.
 */
export function answerToFault(error: Error): Answer | null {
  const code = systemCode(error);
  if (code === 'UND_ERR_INVALID_ARG') return jsonAnswer(400, 'The request cannot be passed on');
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW')
    return jsonAnswer(
      502,
      `The server's answer has more than ${maxUpstreamHeaderBytes / 1024} KiB of header fields`,
    );
  if (error.name === 'HTTPParserError' || code.startsWith('HPE_'))
    return jsonAnswer(502, "The server's answer is not well-formed HTTP/1.1");
  if (code.startsWith('ERR_HTTP_') || code === 'ERR_INVALID_CHAR')
    return jsonAnswer(502, "The server's answer has a header field that cannot be passed on");
  return null;
}
