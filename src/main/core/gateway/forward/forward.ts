/**
 * One request to the server and its answer back, streaming both ways. The attacks and faults: a client that
 * never reads must not fill the memory (each side is paused while the other is full), a client that goes away
 * must not leave work behind, a server that dies in the middle must not look like a complete answer, and
 * nothing that changes the server is ever sent twice.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { systemCode } from '../../errors.ts';
import { jsonAnswer, sendAnswer } from '../http-answer.ts';
import type { HttpExchange } from '../exchange.ts';
import type { Facts } from '../request/facts.ts';
import { PageRewriter, rewrittenRequest, withoutByteFacts } from './page-rewriter.ts';
import type { PageRewrite } from '../../ports.ts';
import { bodyOf, type WatchedBody } from './request-body.ts';
import { requestHeaders, type RequestPlan } from './request-headers.ts';
import { responseHeaders, responseReason, responseTrailers } from './response-headers.ts';
import type { UpstreamRoute } from './upstream-route.ts';
import type { QueueSlot } from '../guest/fair-queue.ts';

/** What is told when a request is over. */
export interface ExchangeEnd {
  /** The server gave no answer; nothing was sent to the client yet. */
  failed(error: Error): void;
  /** The server broke off an answer; the client's connection was cut. */
  broken(error: Error): void;
  /** A page that was to be rewritten has nothing of what was declared, for the first time. */
  rewriteMissed(): void;
  /** Where the request is a guest's: its time with the server, ended here. */
  readonly turn?: QueueSlot | undefined;
}

/** Sends an authorised request on. `end.failed` is where an answer of our own comes from. */
export function forward(
  route: UpstreamRoute,
  exchange: HttpExchange,
  end: ExchangeEnd,
  watch: WatchedBody | null = null,
): void {
  new Forwarding(route, exchange, end, watch).start();
}

/**
 * The handler that undici calls. A class for speed: no closures for each request but one. The header lines
 * are taken raw, as they came: Node writes them out again without a detour, and two lines of a `Set-Cookie`
 * stay two.
 */
class Forwarding implements Dispatcher.DispatchHandler {
  readonly #route: UpstreamRoute;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #facts: Facts;
  readonly #end: ExchangeEnd;
  readonly #watch: WatchedBody | null;
  #controller: Dispatcher.DispatchController | null = null;
  #started = false;
  #finished = false;
  #retried = false;
  #wrote = false;
  /** Bytes that Content-Length still announces; null where it announces nothing. */
  #remaining: number | null = null;
  /** Put behind the answer. */
  #appended: Buffer | null = null;
  readonly #rewrite: PageRewrite | null;
  #rewriter: PageRewriter | null = null;

  constructor(
    route: UpstreamRoute,
    { facts, request, response }: HttpExchange,
    end: ExchangeEnd,
    watch: WatchedBody | null,
  ) {
    this.#route = route;
    this.#request = request;
    this.#response = response;
    this.#facts = facts;
    this.#end = end;
    this.#watch = watch;
    this.#rewrite =
      facts.method === 'GET'
        ? (route.upstream.rewrites?.find(({ paths }) => paths.includes(facts.path)) ?? null)
        : null;
  }

  start(): void {
    this.#response.once('close', () => {
      this.#clientGone();
    });
    this.#dispatch();
  }

  #dispatch(): void {
    const facts = this.#facts;
    this.#route.pool.dispatch(
      {
        path: facts.target,
        method: facts.method,
        headers: requestHeaders(this.#request.rawHeaders, facts, this.#plan(), false),
        body: facts.hasBody ? bodyOf(this.#request, this.#watch, refusal => this.#refuse(refusal)) : null,
      },
      this,
    );
  }

  #plan(): RequestPlan {
    const { request } = this.#route;
    if (this.#rewrite === null) return request;
    return { ...request, withheld: new Set([...request.withheld, ...rewrittenRequest]) };
  }

  /**
   * The body broke a rule half-way: the server's request is broken off, and the client gets a refusal unless
   * its answer has started.
   */
  #refuse({ status, message }: { readonly status: number; readonly message: string }): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#controller?.abort(new Error(message));
    if (this.#started) this.#response.destroy();
    else sendAnswer(this.#response, jsonAnswer(status, message, ['Connection', 'close']));
  }

  #clientGone(): void {
    if (this.#finished) return;
    this.#finished = true;
    const abort = (): void => this.#controller?.abort(new Error('the client went away'));
    // The server works on until it answers, even if nobody listens any more.
    if (this.#started || this.#controller === null || this.#end.turn === undefined) abort();
    else this.#end.turn.abandon(abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#finished) controller.abort(new Error('the client went away'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText?: string,
  ): void {
    // 102 and 103 are hints that nobody has to pass on over HTTP/1.1.
    if (status < 200) return;
    this.#end.turn?.end();
    if (this.#finished) {
      controller.abort(new Error('the client went away'));
      return;
    }
    const headers = rawLines(controller.rawHeaders);
    this.#remaining = contentLength(headers);
    let own = responseHeaders(headers, this.#route.response, this.#facts.ownOrigin, false, this.#facts.path);
    if (this.#facts.navigation && status === 200 && isPlainType(headers, 'text/html')) {
      this.#appended = this.#route.appended ?? null;
      if (this.#appended !== null) own = withoutLength(own);
      if (this.#appended !== null) this.#remaining = null;
    }
    if (this.#rewrite !== null && status === 200) own = this.#startRewrite(this.#rewrite, headers, own);
    try {
      this.#response.writeHead(status, responseReason(status, statusText), own);
    } catch (error) {
      // Node refuses what HTTP does not allow in a head. Undici does not hear of it, and it is no answer.
      controller.abort(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#started = true;
    // A stream whose first event is far away must still show that it has begun; one whose first bytes are
    // here already goes in one piece.
    if (this.#remaining === null) queueMicrotask(() => this.#flush());
  }

  /** The headers of the rewritten answer. */
  #startRewrite(rewrite: PageRewrite, headers: readonly (string | Buffer)[], own: string[]): string[] {
    if (!isPlainType(headers, rewrite.type)) {
      this.#noteMissedRewrite();
      return own;
    }
    this.#rewriter = new PageRewriter(rewrite, this.#facts);
    this.#remaining = null;
    return withoutByteFacts(own);
  }

  #noteMissedRewrite(): void {
    const { missedRewrites } = this.#route;
    if (missedRewrites.has(this.#facts.path)) return;
    missedRewrites.add(this.#facts.path);
    this.#end.rewriteMissed();
  }

  #flush(): void {
    if (!this.#wrote && !this.#finished) this.#response.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    const response = this.#response;
    const chunk = this.#rewriter === null ? piece : this.#rewriter.push(piece);
    this.#wrote = true;
    if (this.#remaining !== null) {
      this.#remaining -= chunk.length;
      if (this.#remaining === 0) {
        endWith(response, chunk);
        return;
      }
    }
    if (response.write(chunk)) return;
    controller.pause();
    response.once('drain', () => controller.resume());
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#finished = true;
    const response = this.#response;
    if (response.writableEnded) return;
    const trailers = responseTrailers(rawLines(controller.rawTrailers));
    if (trailers.length > 0 && this.#facts.method !== 'HEAD') response.addTrailers(trailers);
    if (this.#rewriter !== null) {
      response.write(this.#rewriter.end());
      if (!this.#rewriter.found) this.#noteMissedRewrite();
    }
    if (this.#appended === null) response.end();
    else response.end(this.#appended);
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#finished) {
      this.#end.turn?.end();
      return;
    }
    if (!this.#started && this.#mayRetry(error)) {
      this.#retried = true;
      this.#dispatch();
      return;
    }
    this.#finished = true;
    this.#end.turn?.end();
    if (!this.#started) {
      this.#end.failed(error);
      return;
    }
    // Not `end()`: the client must see that the answer is not whole.
    this.#response.destroy();
    this.#end.broken(error);
  }

  /**
   * A kept connection that the server closed while it was idle says nothing about the request; asking again
   * is safe only for reading.
   */
  #mayRetry(error: Error): boolean {
    return (
      !this.#retried &&
      !this.#facts.hasBody &&
      (this.#facts.method === 'GET' || this.#facts.method === 'HEAD') &&
      ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(systemCode(error))
    );
  }
}

const oneWriteBytes = 16 * 1024;

/**
 * The usual small answer: as a string it leaves together with its header in one write, which costs half of
 * two pieces (measured).
 */
function endWith(response: ServerResponse, chunk: Buffer): void {
  if (chunk.length <= oneWriteBytes) response.end(chunk.toString('latin1'), 'latin1');
  else response.end(chunk);
}

/** Over HTTP/1.1 undici hands over the lines themselves. */
function rawLines(raw: Dispatcher.DispatchController['rawHeaders']): readonly (string | Buffer)[] {
  return Array.isArray(raw) ? raw : [];
}

function contentLength(headers: readonly (string | Buffer)[]): number | null {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name?.length === 14 && String(name).toLowerCase() === 'content-length') {
      return Number(String(headers[index + 1]));
    }
  }
  return null;
}

/** Of this type and not compressed: something may be put behind it, or into it. */
function isPlainType(headers: readonly (string | Buffer)[], type: PageRewrite['type']): boolean {
  let right = false;
  const pattern =
    type === 'text/html' ? /^text\/html\s*(?:;|$)/i : /^(?:text|application)\/javascript\s*(?:;|$)/i;
  for (let index = 0; index < headers.length; index += 2) {
    const name = String(headers[index]).toLowerCase();
    if (name === 'content-encoding') return false;
    if (name === 'content-type') right = pattern.test(String(headers[index + 1]));
  }
  return right;
}

function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_text, index) => headers[index - (index % 2)]?.toLowerCase() !== 'content-length');
}
