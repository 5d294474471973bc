/**
 * The attack: a page that is open by accident. The rows of a gateway's own pages are its router and its list
 * of open pages at once, so that neither can say what the other does not.
 */
import { jsonAnswer, type Answer } from './http-answer.ts';

type Answered = Answer | Promise<Answer>;

/** `A` is what was asked, `V` what the credential showed. */
export type OwnRoute<A, V> = {
  readonly method: 'GET' | 'POST';
  /** `<id>` stands for the id of a link. */
  readonly path: string;
} & (
  | { readonly open: true; readonly answer: (asked: A) => Answered }
  /** Answers only where the gateway has seen a right credential. */
  | { readonly open: false; readonly answer: (asked: A, verdict: V) => Answered }
);

/** The method whose row answers: that of GET answers HEAD too, and Node leaves out the body. */
export function routedMethod(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}

/** Every row that answers without a credential. Nothing else does; tests walk this list. */
export function openRoutes(
  routes: readonly Pick<OwnRoute<never, never>, 'method' | 'path' | 'open'>[],
): readonly (readonly [method: 'GET' | 'POST', path: string])[] {
  return routes.filter(({ open }) => open).map(({ method, path }) => [method, path]);
}

export function noSuchPage(): Answer {
  return jsonAnswer(404, 'There is no such page of Gatehouse');
}
