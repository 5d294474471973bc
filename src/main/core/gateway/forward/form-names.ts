/**
 * The names of a form as they pass (application/x-www-form-urlencoded), without what they hold. The attack:
 * `_method=DELETE` in a body, where a framework reads it as it does in a query, by a guest who may only POST.
 */

export interface NameRefusal {
  readonly status: number;
  readonly message: string;
}

/** Whether a guest may send a field of this name; the name as it was sent, percent-encoded. */
export type AllowsName = (name: string) => boolean;

export const refusedName: NameRefusal = {
  status: 403,
  message: 'A form that asks to be taken for another request is not passed on',
};

const maxNameLength = 1000;
const maxNames = 10_000;

export class FormNames {
  readonly #allows: AllowsName;
  #name = '';
  #inName = true;
  #names = 0;

  constructor(allows: AllowsName) {
    this.#allows = allows;
  }

  push(chunk: Buffer): NameRefusal | null {
    // What separates fields, as the most lenient reader has it; a name that is longer than any is none.
    for (const piece of chunk.toString('latin1').split(/([&;=])/)) {
      if (piece === '&' || piece === ';') {
        this.#name = '';
        this.#inName = true;
      } else if (piece === '=' && this.#inName) {
        this.#inName = false;
        this.#names += 1;
        if (this.#names > maxNames) return { status: 413, message: 'The form has too many fields' };
        if (!this.#allows(this.#name)) return refusedName;
      } else if (this.#inName) {
        this.#name += piece;
        if (this.#name.length > maxNameLength)
          return { status: 400, message: 'The name of a field is too long' };
      }
    }
    return null;
  }
}
