/**
 * How the app is packed. Signing, installers and channels come with the roll-out; the fuses are settled here.
 */
import type { Configuration } from 'electron-builder';

/**
 * What the packed Electron can still be made to do. Every fuse is named, so that a new one is a decision and
 * not a default. Attack: another program of this account starts our signed binary as a plain Node, with an
 * inspector or with options from the environment, and acts under our name in the keychain; or it swaps the
 * app's code.
 */
const electronFuses: Required<NonNullable<Configuration['electronFuses']>> = {
  // The core has a Node of its own.
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  // Our pages have a scheme of their own; `file:` gets nothing.
  grantFileProtocolExtraPrivileges: false,
  // One snapshot for all processes: ours hold no secrets in it.
  loadBrowserProcessSpecificV8Snapshot: false,
  // Signing comes later; on macOS the flipped fuses need a fresh ad-hoc signature to start on Apple silicon.
  resetAdHocDarwinSignature: true,
};

const config: Configuration = {
  appId: 'org.gatehouse.Gatehouse',
  productName: 'Gatehouse',
  directories: { output: 'dist', buildResources: 'build' },
  // The shell is one bundle and needs no packages; the core lies beside it, with its own Node.
  files: ['out/main', 'out/preload', 'out/renderer', 'package.json', '!node_modules'],
  extraResources: [
    { from: 'out/core', to: 'core' },
    { from: 'node_modules/keytar', to: 'core/node_modules/keytar' },
    { from: 'node_modules/koffi', to: 'core/node_modules/koffi' },
    { from: 'node_modules/@koromix', to: 'core/node_modules/@koromix' },
    { from: 'node_modules/node/bin', to: 'node' },
  ],
  // What is native belongs to the core and its Node; nothing is to be built for Electron.
  npmRebuild: false,
  asar: true,
  icon: 'build/icons/icon.png',
  electronFuses,
  fileAssociations: [
    { ext: 'ipynb', name: 'Jupyter Notebook', role: 'Editor', mimeType: 'application/x-ipynb+json' },
  ],
  linux: { category: 'Development;Science', target: ['dir'] },
  win: { target: ['dir'] },
  mac: { category: 'public.app-category.developer-tools', target: ['dir'] },
};

export default config;
