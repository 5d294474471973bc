import type { ElectronApplication } from '@playwright/test';

/** From now on the system's dialog for a folder, which no test can click, answers with this one. */
export async function chooseFolder(electron: ElectronApplication, folder: string): Promise<void> {
  await electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, folder);
}
