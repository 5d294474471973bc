/**
 * What a profile file, and a saved server, may say of a custom server. Every refusal says where, and what is
 * expected there.
 */
import { z } from 'zod';

const path = z
  .string()
  .max(1024)
  .regex(/^\/[\x21-\x7e]*$/, 'must be a path that begins with / and has no spaces');
const exactPath = path.regex(
  /^[^?#\\%]*$/,
  'must be a path without query, fragment, backslash and percent sign',
);
const base = exactPath.regex(
  /^\/(?:[^/]+\/)*$/,
  'must begin and end with a slash, with no empty piece between them: /app/',
);
/** Gatehouse's own pages are below it. */
const branchPath = exactPath.regex(
  /^\/(?!_gatehouse(?:\/|$))./,
  'must be a path other than / and not below /_gatehouse',
);
const text = z.string().min(1).max(1000);
const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be a header name of letters, digits and "-"');
/** What the gateway needs for itself, or says of who asks; and what would be a secret in a file. */
const taken =
  /^(?:host|connection|upgrade|cookie2?|set-cookie|authorization|content-.*|transfer-encoding|te|trailer|keep-alive|origin|referer|proxy.*|sec-.*|x-forwarded-.*|x-gatehouse-.*|forwarded|via|date|expect|x-real-ip|accept-encoding|range|if-.*)$/i;
const headers = z
  .record(
    headerName.refine(
      name => !taken.test(name),
      'cannot be set: the gateway says it, or it would be a secret',
    ),
    z
      .string()
      .max(1000)
      .regex(/^[\x20-\x7e]*$/, 'must be plain ASCII on one line'),
  )
  .refine(all => Object.keys(all).length <= 32, 'has more than 32 headers');
const rewrite = z.strictObject({
  paths: z.array(exactPath).min(1).max(32),
  type: z.enum(['text/html', 'text/javascript']),
  texts: z
    .array(z.strictObject({ from: text, to: z.string().max(1000) }))
    .min(1)
    .max(32),
});
const mediaType = z
  .string()
  .max(100)
  .regex(
    /^(?:(?:image|audio|video|font)\/\*|[a-z0-9]+\/[a-z0-9][a-z0-9.+-]*)$/,
    'must be a media type in lower case, such as application/json or image/*',
  )
  .refine(
    type =>
      type === 'multipart/form-data' || !/html|xml|svg|script|xsl|flash|java|multipart|message/.test(type),
    'is what a browser would run or take apart: guests may not upload it',
  );
const methods = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS';
const pieces = String.raw`\/(?:(?:[\w.~!$&'()+,=:@-]+|\*)\/)*(?:[\w.~!$&'()+,=:@-]+|\*{1,2})?`;
const pathPattern = new RegExp(`^${pieces}$`);
const hint = 'a path whose pieces are plain, "*" for any one, or "**" at the end for any number';
const noSteps = (pattern: string): boolean => !/\/\.{1,2}(?:\/|$)/.test(pattern);
const request = z
  .string()
  .max(500)
  .regex(new RegExp(`^(?:${methods}) ${pieces}$`), `must be a method and ${hint}: GET /data/*`)
  .refine(noSteps, 'must not have "." or ".." in its path');
const socket = z
  .string()
  .max(500)
  .regex(pathPattern, `must be ${hint}: /ws/*`)
  .refine(noSteps, 'must not have "." or ".."');
const role = z.strictObject({
  requests: z.array(request).min(1).max(500),
  sockets: z.array(socket).max(100).optional(),
});

export const customServerSchema = z.strictObject({
  base: base.optional(),
  headers: headers.optional(),
  secondPort: z.strictObject({ path: branchPath, rewrites: z.array(rewrite).max(16).default([]) }).optional(),
  readyText: text.optional(),
  stop: z.strictObject({ method: z.enum(['POST', 'PUT', 'DELETE', 'GET']), path }).optional(),
  uploads: z.array(mediaType).max(100).optional(),
  roles: z.strictObject({ viewer: role.optional(), editor: role.optional() }).optional(),
  https: z.boolean().optional(),
  passesAuthorization: z.boolean().optional(),
});

/** The file of `--profile-file`: the same, and the path of readiness. */
export const profileFileSchema = customServerSchema.extend({ readyPath: path.optional() });
