import { expect, test } from 'vitest';
import { applications } from '../../../../src/main/core/profiles/jupyter/applications.ts';
import { landingOf } from '../../../../src/main/core/profiles/jupyter/landing.ts';

const [lab, notebook, server] = applications;
test('each application has its own first page', () => {
  expect([lab, notebook, server].map(one => landingOf(one, null))).toEqual(['/lab', '/tree', '/']);
  expect(landingOf(lab, 'a b/Zoë #1?.ipynb')).toBe('/lab/tree/a%20b/Zo%C3%AB%20%231%3F.ipynb');
  expect(landingOf(lab, './a//b.py')).toBe('/lab/tree/a/b.py');
  expect(landingOf(notebook, 'x.IPYNB')).toBe('/notebooks/x.IPYNB');
  expect(landingOf(notebook, 'x.py')).toBe('/edit/x.py');
  expect(landingOf(server, 'x.py')).toBe('/files/x.py');
});
