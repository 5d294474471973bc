/**
 * What a guest's request may carry to the server: its type and size, and, where a file comes in several
 * requests, its part of the file.
 */
import type { UploadParts } from '../../ports.ts';
import type { GuestSession } from '../../share-ports.ts';
import type { Facts } from '../request/facts.ts';
import type { BodyWatch } from '../forward/request-body.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import { watchParts } from '../forward/upload-parts.ts';
import type { Outcome, Writing } from '../forward/uploaded-files.ts';
import { tooLargeUpload, watchUpload, type UploadPlan, type UploadRefusal } from '../forward/upload-watch.ts';

export interface GuestUpload extends UploadPlan {
  /** The request is over. */
  over(outcome: Outcome): void;
}

const nothing = (): void => {};
const withoutBody: GuestUpload = { refusal: null, inspect: null, over: nothing };
/**
 * What a part of a file is in JSON: base64 is a third more, line ends are twice as long, and there are a name
 * and a path.
 */
const jsonBytes = (bytes: number): number => 2 * bytes + 65_536;

export function watchGuestUpload(
  gateway: GuestGatewayState,
  facts: Facts,
  session: GuestSession,
  route: UpstreamRoute,
): GuestUpload {
  const touched = touch(gateway, facts, session, route);
  if (touched === null && !facts.hasBody) return withoutBody;
  // What is said by a name in a form is said by a name in a query.
  const allowsName = (name: string): boolean =>
    gateway.roles.decideRequest(session.role, facts.method, facts.path, `${facts.query}&${name}=`).allow;
  const { uploadTypes } = route.upstream;
  const bytes = gateway.rules.uploadBytes;
  if (touched === null || 'moved' in touched) {
    return { ...watchUpload(facts, bytes, uploadTypes, allowsName), over: touched?.moved ?? nothing };
  }
  if ('status' in touched) return { refusal: touched, inspect: null, over: nothing };
  const tooLarge = tooLargeUpload(bytes);
  const body = watchUpload(facts, jsonBytes(bytes), uploadTypes, allowsName, tooLarge);
  const over = (outcome: Outcome): void => touched.writing.over(outcome, gateway.rules.clock());
  if (body.inspect === null) {
    over('refused');
    return { ...body, over: nothing };
  }
  const parts = watchParts(touched.rule, touched.writing, tooLarge, gateway.rules.clock);
  const inspect: BodyWatch = chunk => body.inspect?.(chunk) ?? parts(chunk);
  return { refusal: null, inspect, over };
}

type Touched =
  | { readonly rule: UploadParts; readonly writing: Writing }
  /** To be told when the request is over. */
  | { readonly moved: () => void };

/** What is done to a file; null where nothing is. */
function touch(
  gateway: GuestGatewayState,
  { method, path }: Facts,
  session: GuestSession,
  route: UpstreamRoute,
): Touched | UploadRefusal | null {
  const rule = route.upstream.uploadParts;
  const touched = rule?.touches(method, path) ?? null;
  if (rule === undefined || touched === null) return null;
  if (touched === 'unclear') return { status: 400, message: 'The path of this file cannot be read' };
  if (touched.act === 'moves') {
    const moved = (): void => gateway.files.move(touched.file);
    moved();
    return { moved };
  }
  const writing = gateway.files.write(session.id, touched.file);
  return 'status' in writing ? writing : { rule, writing };
}
