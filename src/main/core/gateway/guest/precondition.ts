/**
 * What the server is asked before a guest's request goes on. The attack: a request that may only be made of
 * something that is there, because the server remembers whatever is named in it forever.
 */
import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Precondition } from '../../role-ports.ts';
import type { Facts } from '../request/facts.ts';
import { requestHeaders } from '../forward/request-headers.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';

/** Whether the server's answer to this guest meets the condition. Throws what made it impossible to ask. */
export async function checkPrecondition(
  route: UpstreamRoute,
  request: IncomingMessage,
  facts: Facts,
  condition: Precondition,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const handler: Dispatcher.DispatchHandler = {
    // By this one undici knows a handler of its newer kind.
    onRequestStart() {},
    onResponseStart(_controller, status, _headers, reason = '') {
      if (status >= 200) resolve(condition.holds(status, reason));
    },
    // What it says is small, and is not passed on.
    onResponseData() {},
    onResponseEnd() {},
    onResponseError: (_controller, error) => reject(error),
  };
  const headers = withoutBody(requestHeaders(request.rawHeaders, facts, route.request, false));
  route.pool.dispatch({ path: condition.target, method: 'GET', headers, body: null }, handler);
  return promise;
}

/** Of a request without one. */
function withoutBody(headers: readonly string[]): string[] {
  const isOfBody = (at: number): boolean =>
    /^(?:content-|transfer-|expect$|sec-websocket-)/i.test(headers[at] ?? '');
  return headers.filter((_text, index) => !isOfBody(index - (index % 2)));
}
