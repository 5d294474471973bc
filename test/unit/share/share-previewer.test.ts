import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestSharing, sharedServer, shareRequest, type TestSharing } from '../../support/sharing.ts';

let bench: TestSharing;
beforeEach(async () => {
  bench = await openTestSharing();
});
afterEach(() => bench[Symbol.asyncDispose]());

const idsOf = ({ warnings }: { warnings: readonly { readonly id: string }[] }): string[] =>
  warnings.map(({ id }) => id);

test('a role that runs code must be acknowledged, a harmless one need not be', async () => {
  const editor = await bench.previewer.preview(sharedServer(), shareRequest);
  expect(idsOf(editor)).toContain('runs-code');
  expect(editor.needsAcknowledgement).toBe(true);
  const viewer = await bench.previewer.preview(sharedServer(), { ...shareRequest, role: 'viewer' });
  expect(idsOf(viewer)).not.toContain('runs-code');
  expect(viewer.needsAcknowledgement).toBe(false);
});

test('a role that the server does not offer is not called harmless', async () => {
  const full = await bench.previewer.preview(sharedServer(), { ...shareRequest, role: 'full' });
  expect(idsOf(full)).toContain('runs-code');
  expect(full.notOffered).toEqual([{ role: 'full', reason: 'this kind cannot.' }]);
});

test('on loopback the link works on this computer only', async () => {
  const preview = await bench.previewer.preview(sharedServer(), shareRequest);
  expect(preview.reach).toBe('The link can be opened on this computer only.');
  expect(preview.certificate.kind).toBe('local');
});

test('an offer is unknown until somebody asks for it, and then as the server told it', async () => {
  const server = sharedServer();
  expect(bench.previewer.offer(server, 'viewer')).toMatchObject({ title: 'viewer', runsCode: false });
  expect(bench.previewer.offer(server, 'editor').runsCode).toBe(true);
  await bench.previewer.offers(
    sharedServer({
      sharing: {
        ...server.sharing,
        offers: async () => [
          { role: 'editor', title: 'Editor', can: ['Edit'], cannot: [], runsCode: true, note: null },
        ],
      },
    }),
  );
  expect(bench.previewer.offer(server, 'editor')).toMatchObject({ title: 'Editor', can: ['Edit'] });
});
