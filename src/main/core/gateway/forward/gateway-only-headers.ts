/**
 * The attack: a program behind a proxy believes a header that names the client, because only the proxy could
 * have written it. Every such program has its own name for it, and a custom server may be any of them. So
 * every name that a known proxy, identity service or server uses to name the client, from where, by which
 * address or over which connection is removed from what a client sends; the gateway says its own three.
 *
 * Names are in lower case with `-` for every odd mark.
 */

/** Whole names. */
export const gatewayOnly: readonly string[] = [
  'authorization',
  'host',
  'forwarded',
  'via',
  // httpoxy: CGI programs take it for the variable HTTP_PROXY.
  'proxy',
  'client-ip',
  'client-verify',
  'true-client-ip',
  'fastly-client-ip',
  'front-end-https',
  'auth-user',
  'x-client-ip',
  'x-client-dn',
  'x-client-verify',
  'x-cluster-client-ip',
  'x-host',
  'x-ingress-path',
  'x-proxyuser-ip',
  'x-scheme',
  'x-script-name',
  'x-url-scheme',
  // The client, as single words.
  'x-user',
  'x-userid',
  'x-user-id',
  'x-user-name',
  'x-user-email',
  'x-user-groups',
  'x-user-roles',
  'x-username',
  'x-email',
  'x-group',
  'x-groups',
  'x-role',
  'x-roles',
  'x-auth-user',
  'x-auth-username',
  'x-auth-email',
  'x-auth-groups',
  'x-auth-roles',
  'x-consumer-id',
  'x-consumer-username',
  'x-consumer-custom-id',
  'x-credential-identifier',
  'x-endpoint-api-userinfo',
  'x-apigateway-api-userinfo',
  'x-serverless-authorization',
  // RStudio and Posit Workbench behind a proxy.
  'x-rstudio-username',
  'x-rstudio-useridentity',
  'x-rstudio-request',
  'x-rstudio-root-path',
];

/**
 * Beginnings of names, by their first letter: nearly every header of a browser begins with a letter that has
 * none.
 */
const beginnings: Readonly<Record<string, readonly string[]>> = {
  c: ['cf-', 'client-cert'],
  g: ['gap-'],
  i: ['iv-'],
  m: ['mellon-'],
  o: ['oidc-'],
  p: ['proxy-'],
  r: ['remote-'],
  s: ['ssl-', 'shib-', 'sm-', 'saml-'],
  t: ['tailscale-'],
  w: ['wl-proxy-'],
  x: [
    'x-forwarded',
    'x-original',
    'x-originating-',
    'x-rewrite',
    'x-real-',
    'x-gatehouse-',
    'x-remote-',
    'x-webauth-',
    'x-auth-request-',
    'x-authenticated',
    'x-authentik-',
    'x-pomerium-',
    'x-jupyterhub-',
    'x-ms-client-principal',
    'x-ms-token-',
    'x-goog-authenticated-user',
    'x-goog-iap-',
    'x-amzn-oidc-',
    'x-amzn-mtls-',
    'x-appengine-',
    'x-azure-',
    'x-arr-',
    'x-envoy-',
    'x-cert',
    'x-client-cert',
    'x-client-ssl-',
    'x-ssl-',
    'x-tls-',
    'x-saml-',
    'x-shib-',
  ],
};

/** By the code of the first letter, so that the usual header costs one look-up in an array. */
const byFirst: readonly (readonly string[] | undefined)[] = Array.from(
  { length: 128 },
  (_none, code) => beginnings[String.fromCharCode(code)],
);

export function isGatewayOnly(name: string): boolean {
  const list = byFirst[name.charCodeAt(0)];
  if (list === undefined) return false;
  for (const beginning of list) if (name.startsWith(beginning)) return true;
  return false;
}
