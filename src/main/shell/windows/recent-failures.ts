/** Why the last requests failed: Electron says of a download that failed only that it did. */
const maxKept = 100;

export class RecentFailures {
  readonly #outcomes = new Map<string, string>();

  note(url: string, outcome: string): void {
    this.#outcomes.delete(url);
    this.#outcomes.set(url, outcome);
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
