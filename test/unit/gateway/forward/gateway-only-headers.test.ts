import { expect, test } from 'vitest';
import {
  gatewayOnly,
  isGatewayOnly,
} from '../../../../src/main/core/gateway/forward/gateway-only-headers.ts';

const isRemoved = (name: string): boolean => gatewayOnly.includes(name) || isGatewayOnly(name);

/** Every line of test/adversarial/client-headers.txt goes through a gateway, too. */
test.each([
  'remote-user',
  'x-forwarded',
  'x-forwarded-user',
  'x-original-url',
  'ssl-client-cert',
  'client-ip',
  'via',
])('%s is for the gateway to say', name => {
  expect(isRemoved(name)).toBe(true);
});

test('what browsers, Jupyter, MATLAB, VS Code and RStudio send on their own pages passes', () => {
  const honest = [
    'accept',
    'accept-language',
    'cache-control',
    'content-type',
    'cookie',
    'if-none-match',
    'origin',
    'range',
    'referer',
    'user-agent',
    'upgrade-insecure-requests',
    'sec-fetch-site',
    'sec-websocket-key',
    'save-data',
    'x-requested-with',
    'x-xsrftoken',
    'x-csrftoken',
    'x-csrf-token',
    'x-http-method-override',
    'x-user-agent',
    'x-auth-token',
    'x-request-id',
    'x-rstudio-refresh-auth-creds',
    'x-shiny-client',
    'mwi-auth-token',
    'mwi-auth-session',
    'traceparent',
    'x-b3-traceid',
    '',
    '\u00ff',
  ];
  expect(honest.filter(name => isRemoved(name))).toEqual([]);
});
