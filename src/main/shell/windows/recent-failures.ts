/** Why the last requests failed: Electron says of a download that failed only that it did. */
const maxKept = 100;

export class RecentFailures {
  readonly #outcomes = new Map<string, string>();

  /** @param failure null: the last request for the address did not fail */
  note(url: string, failure: string | null): void {
    this.#outcomes.delete(url);
    if (failure === null) return;
    this.#outcomes.set(url, failure);
    for (const oldest of this.#outcomes.keys()) {
      if (this.#outcomes.size <= maxKept) return;
      this.#outcomes.delete(oldest);
    }
  }

  /** Null where nothing is known; told once. */
  take(url: string): string | null {
    const outcome = this.#outcomes.get(url) ?? null;
    this.#outcomes.delete(url);
    return outcome;
  }
}
