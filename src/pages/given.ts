/** What the gateway hands to the scripts in this folder. Types only: no page loads this file. */

interface RefusalWords {
  readonly title: string;
  readonly text: readonly string[];
  /** Trying again may help. */
  readonly again: boolean;
}

interface TitledText {
  readonly title: string;
  readonly text: string;
}

interface TitledTexts {
  readonly title: string;
  readonly text: readonly string[];
}

/** What the page of a share link says. `{owner}`, `{status}` and `{wait}` are filled in by the page. */
export interface JoinWords {
  /** By the reason that the gateway gives. */
  readonly refusals: Readonly<Record<string, RefusalWords>>;
  readonly looking: string;
  readonly half: TitledTexts;
  readonly unreachable: TitledTexts;
  readonly tooMany: TitledText;
  readonly notNow: TitledTexts;
  readonly odd: TitledText;
  readonly nameMissing: string;
  readonly nameHint: string;
  readonly approval: string;
  readonly runsCode: string;
  readonly seen: string;
  readonly certificate: string;
  readonly waiting: TitledText & { readonly lost: string };
}

/** What the banner says when a guest session has ended. */
export interface BannerWords {
  /** By the reason that `/_gatehouse/me` gives. */
  readonly out: Readonly<Record<string, TitledText>> & { readonly unknown: TitledText };
  /** Below the title of each. */
  readonly unsaved: string;
}

/** Names that a script finds defined, each with its value. */
export interface Given {
  readonly joinWords: JoinWords;
  readonly bannerWords: BannerWords;
  readonly bannerStyle: string;
  readonly waitPath: string;
  /** Milliseconds. */
  readonly probeMs: number;
}

/** What `/_gatehouse/join/<id>/look` tells somebody who has shown the link's secret. */
export interface ShownInvitation {
  readonly owner: string;
  readonly computer: string;
  readonly server: string;
  readonly title: string;
  readonly can: readonly string[];
  readonly cannot: readonly string[];
  readonly note: string | null;
  readonly runsCode: boolean;
  /** ISO 8601 UTC. */
  readonly until: string;
  readonly asksName: boolean;
  readonly approval: boolean;
}

/** What the gateway answers a step of joining; what is missing is `undefined`. */
export interface JoinBody {
  readonly state?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly invitation?: ShownInvitation;
  readonly next?: unknown;
  readonly ticket?: unknown;
  readonly endsAt?: unknown;
}

/** What `/_gatehouse/me` tells a guest. */
export interface ShownSession {
  readonly role: string;
  readonly title: string;
  /** '' when nobody named the person. */
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly until: string;
}
