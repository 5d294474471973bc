import type { CoreClient } from '../control/core-client.ts';

/** Asks a core, and lets go of it whatever happens. */
export async function withCore<T>(
  client: Promise<CoreClient>,
  use: (client: CoreClient) => Promise<T>,
): Promise<T> {
  const core = await client;
  try {
    return await use(core);
  } finally {
    core.close();
  }
}
