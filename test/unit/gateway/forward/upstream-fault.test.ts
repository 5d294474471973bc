import { expect, test } from 'vitest';
import { answerToFault } from '../../../../src/main/core/gateway/forward/upstream-fault.ts';

const fault = (name: string, code?: string): Error => Object.assign(new Error('fault'), { name, code });

test.each([
  ['a request that cannot be written', fault('InvalidArgumentError', 'UND_ERR_INVALID_ARG'), 400],
  ['too many header fields over HTTP', fault('HeadersOverflowError', 'UND_ERR_HEADERS_OVERFLOW'), 502],
  ['too many header fields of an upgrade', fault('Error', 'HPE_HEADER_OVERFLOW'), 502],
  ['no HTTP at all, told by undici', fault('HTTPParserError'), 502],
  ['no HTTP at all, told by Node', fault('Error', 'HPE_INVALID_CONSTANT'), 502],
  ['a field that Node cannot write', fault('TypeError', 'ERR_INVALID_CHAR'), 502],
  ['a status that Node cannot write', fault('RangeError', 'ERR_HTTP_INVALID_STATUS_CODE'), 502],
])('%s is a fault of that answer', (_name, error, status) => {
  expect(answerToFault(error)?.status).toBe(status);
});

test.each([
  ['refused', 'ECONNREFUSED'],
  ['closed', 'UND_ERR_SOCKET'],
  ['no socket file', 'ENOENT'],
  ['no connection in time', 'UND_ERR_CONNECT_TIMEOUT'],
])('a connection that failed (%s) is told by the state of the server', (_name, code) => {
  expect(answerToFault(fault('Error', code))).toBeNull();
});
