/**
 * The attack: a folder that somebody else filled is opened, and what lies in it is run. So a folder is
 * trusted only where its owner said so, and what they said holds for exactly the folder that they meant:
 * - paths are compared by their segments, after every link was followed: `/work/lab-evil` is not below
 *   `/work/lab`, and `/work/lab/../evil` neither;
 * - nothing is trusted that another account of this computer can fill or replace: a folder that everybody may
 *   write to, one below a folder that everybody
 *   may write to or that belongs to a third account, or one that belongs to somebody else than when it was
 *   trusted;
 * - trust in the home folder (or in one above it) is for a server on that very folder: below it are the
 *   downloads. That the owner puts other files into a trusted folder is no other folder: anyone who wants to
 *   look at strangers' files opens them elsewhere.
 */

/** What its owner answered about one folder, or what a setting says of it. */
export interface FolderAnswer {
  /** Real path, absolute. */
  readonly path: string;
  readonly trusted: boolean;
  /**
   * User id of the folder's owner when it was answered; null where there was none to see (Windows, a
   * setting).
   */
  readonly owner: number | null;
}

/** What was seen of a folder that is to be opened. */
export interface FolderFacts {
  /** Real path, absolute. */
  readonly path: string;
  /** User id of its owner; null on Windows. */
  readonly owner: number | null;
  /** Whether every account may write to it, or may replace one of the folders above it. */
  readonly open: boolean;
  /** The folders above it, up to the root, with their owners. Empty on Windows. */
  readonly above: readonly { readonly path: string; readonly owner: number }[];
}

export interface TrustRules {
  readonly answers: readonly FolderAnswer[];
  /** Real path of the home folder. */
  readonly home: string;
  /** User id of this account; null on Windows. */
  readonly uid: number | null;
  /** `/` or `\`. */
  readonly separator: string;
}

export type FolderVerdict =
  | { readonly kind: 'trusted'; readonly by: string }
  /** Its owner answered no, for this very folder. */
  | { readonly kind: 'refused' }
  /** Nobody was asked about it. */
  | { readonly kind: 'unknown' }
  /** Whatever was answered: another account can put files into it, or another folder in its place. */
  | { readonly kind: 'open-to-others' }
  /** It belongs to somebody else than the folder that was trusted. */
  | { readonly kind: 'other-owner' };

/**
 * Whether code of a folder may run when it is opened. The answer for the folder itself, or else the nearest
 * one above, counts.
 */
export function judgeFolder(folder: FolderFacts, rules: TrustRules): FolderVerdict {
  const { separator } = rules;
  const covering = rules.answers.filter(({ path }) => isWithin(folder.path, path, separator));
  const [nearest] = covering.toSorted(
    (one, other) =>
      segments(other.path, separator).length - segments(one.path, separator).length ||
      // Of two about one folder the careful one: an owner's no is not undone by a setting.
      Number(one.trusted) - Number(other.trusted),
  );
  if (nearest === undefined) return { kind: 'unknown' };
  const isItself = isWithin(nearest.path, folder.path, separator);
  if (!nearest.trusted) return { kind: isItself ? 'refused' : 'unknown' };
  if (!isItself && isWithin(rules.home, nearest.path, separator)) return { kind: 'unknown' };
  if (folder.open || ownedAbove(folder, nearest, rules) !== null) return { kind: 'open-to-others' };
  if (!mayOwn(folder.owner, nearest, isItself, rules.uid)) return { kind: 'other-owner' };
  return { kind: 'trusted', by: nearest.path };
}

/**
 * The attack: anyone who owns a folder above may put another one in place of the one that was judged,
 * between the judgement and the start.
 * @returns the lowest folder above that belongs to an account which has no say over the folder anyway; null
 *   where there is none
 */
export function ownedAbove(
  { owner, above }: FolderFacts,
  answer: FolderAnswer,
  { uid, separator }: TrustRules,
): string | null {
  // Who owns the root of the disk could replace everything: in a container that need not be 0.
  const mayOwn = new Set<number | null | undefined>([0, uid, owner, answer.owner, above.at(-1)?.owner]);
  if (answer.owner !== null) return above.find(one => !mayOwn.has(one.owner))?.path ?? null;
  // A setting names the folders of others; its owner may own the folders above it as well.
  mayOwn.add(above.find(one => one.path === answer.path)?.owner);
  const outside = above.filter(one => !isWithin(one.path, answer.path, separator));
  return outside.find(one => !mayOwn.has(one.owner))?.path ?? null;
}

/** Whether a path is the folder or below it. Both are real paths. */
export function isWithin(path: string, folder: string, separator: string): boolean {
  const inner = segments(path, separator);
  return segments(folder, separator).every((segment, index) => inner[index] === segment);
}

function segments(path: string, separator: string): readonly string[] {
  return path.split(separator).filter(segment => segment !== '');
}

/**
 * A setting names folders of others (a lab's); below what an owner trusted, only their own, root's and those
 * of the same owner.
 */
function mayOwn(owner: number | null, answer: FolderAnswer, isItself: boolean, uid: number | null): boolean {
  if (owner === null || answer.owner === null) return true;
  return owner === answer.owner || (!isItself && (owner === uid || owner === 0));
}
