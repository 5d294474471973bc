/**
 * How Gatehouse's own pages are put together. The attack: a name, a path or a reason that is markup. So a
 * value is escaped unless it says that it is HTML already, and the policy allows only the very style and the
 * very script that this page carries, by their hashes.
 */
import { createHash } from 'node:crypto';
import { pageAnswer, type Answer } from './http-answer.ts';

/** Marks a text that is HTML already. */
export interface Html {
  readonly html: string;
}

export const nothing: Html = { html: '' };

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A template whose values are escaped unless they are Html. */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const [first = '', ...rest] = parts;
  const filled = rest.map((part, index) => {
    const value = values[index] ?? '';
    return (typeof value === 'string' ? escapeHtml(value) : value.html) + part;
  });
  return { html: first + filled.join('') };
}

export function join(parts: readonly Html[]): Html {
  return { html: parts.map(part => part.html).join('') };
}

export interface PageParts {
  readonly status: number;
  readonly title: string;
  readonly style: string;
  readonly body: Html;
  /** In the head, besides title and style. */
  readonly head?: Html;
  /** Runs at the end of the page; may ask this origin, and cannot make markup of a text. */
  readonly script?: string;
  /** Another origin that the script may ask. */
  readonly connects?: string | undefined;
  /** Where the page's forms may lead. */
  readonly forms?: 'self' | 'none';
  readonly headers?: readonly string[];
}

export function page(parts: PageParts): Answer {
  const { status, title, style, body, head = nothing, script, forms = 'none', headers, connects } = parts;
  const code = script === undefined ? nothing : { html: `<script>${script}</script>\n` };
  const whole = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${title}</title><style>${{ html: style }}</style></head>
<body>${body}
${code}</body></html>
`;
  return pageAnswer(status, whole.html, policyFor(style, script, forms, connects), headers);
}

function policyFor(
  style: string,
  script: string | undefined,
  forms: 'self' | 'none',
  connects?: string,
): string {
  const scripts = [
    `script-src ${hashOf(script ?? '')}`,
    `connect-src 'self'${connects === undefined ? '' : ` ${connects}`}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return [
    "default-src 'none'",
    ...(script === undefined ? [] : scripts),
    `style-src ${hashOf(style)}`,
    `form-action '${forms}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
