import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { pageScript } from '../../../src/main/core/gateway/page-script.ts';
import { pageSources } from '../../../src/main/core/gateway/page-sources.ts';

const names = ['join', 'banner', 'wait', 'signIn'] as const;

test.each(names)('%s is one function with what it imports, and ends no script element early', name => {
  const script = pageScript(name, {});
  expect(() => new Script(script)).not.toThrow();
  expect(script).toMatch(/^\(\(\) => \{\n'use strict';\n[^]*\}\)\(\);$/);
  expect(script).not.toMatch(/^(?:import|export)\b|<\/|<!--|<script/im);
  expect(script.match(/^function byId\(/gm)).toHaveLength(1);
});

test('a value that is given cannot end the script element, and stays what it was', () => {
  const waitPath = '</script><!-- \u2028 `${x}` \\';
  const script = pageScript('wait', { waitPath });
  expect(script).not.toContain('</');
  const asked: unknown[] = [];
  new Script(script).runInNewContext({
    document: { getElementById: () => ({ dataset: {} }) },
    fetch: (path: unknown) => {
      asked.push(path);
      return new Promise(() => undefined);
    },
  });
  expect(asked).toEqual([waitPath]);
});

test('the style of the banner is given as it stands in its file', () => {
  expect(pageSources.bannerStyle).toContain(':host');
});
