import type { Profile } from '../ports.ts';
import { findAndPlan } from './common/find-and-plan.ts';
import type { ProfileKind, ProfileOptions } from './kind.ts';
import { findMatlabProxies, matlabTitle } from './matlab/find-matlab.ts';
import { planMatlab } from './matlab/plan-matlab.ts';
import { matlabSharing } from './matlab/matlab-sharing.ts';
import { tokenHeader } from './matlab/matlab-client.ts';
import { basePathOf, listenerOverrides } from './matlab/matlab-variables.ts';

/** MATLAB in a browser, through MathWorks' matlab-proxy from any Python environment of this computer. */
export const kind: ProfileKind = {
  name: 'matlab',
  title: 'MATLAB',
  aliases: ['matlab-proxy'],
  // A peak over a plane.
  icon: 'M2 17.500 8 13l3 2.500L15.500 4 22 17.500l-6.500 3L11 18z',
  file: 'never',
  untrusted: 'MATLAB starts outside the folder, so its startup.m does not run.',
  order: 20,
  docs: {
    tried: 'matlab-proxy 0.35.0, with its own stand-in for MATLAB',
    credential:
      'the header `mwi-auth-token`; clients may use it, and `?mwi-auth-token=`. `MWI_*` of its security page is honoured at the door ([doc/matlab.md](doc/matlab.md))',
    notEnforced:
      'There is one desktop and one role. A guest can end MATLAB by code, and sees whose licence it runs on.',
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted:
      'Nothing: MATLAB starts outside the folder, so that no `startup.m` and no function in the folder is used; change into it yourself.',
    whenTrusted:
      "MATLAB starts in the folder and runs its `startup.m`; its functions come before MATLAB's own.",
    tested: null,
    notice: 'MATLAB starts outside the folder, which is not trusted: inside it, it would run startup.m.',
  },
  ownVariables: /^(?:MWI_|MW_|MATLAB_PROXY_)|^WS_ENV$/,
  shownCredential: {
    codeSees: 'taken-off',
    how: 'The shim is the first middleware of matlab-proxy: it checks the header, and passes on a copy without it.',
    tested: 'matlab-proxy with a stand-in for MATLAB, which tells what it is sent',
  },
  create: matlabProfile,
};

type FoundProfile = Profile & { readonly find: NonNullable<Profile['find']> };

export function matlabProfile(options: ProfileOptions): FoundProfile {
  const { environment } = options;
  return {
    name: 'matlab',
    title: kind.title,
    ...findAndPlan({
      title: matlabTitle,
      canSetUp: false,
      log: options.log,
      look: ({ folder, named }) => findMatlabProxies(options, folder, named),
      plan: (request, chosen, context) => planMatlab(options, request, chosen, context),
    }),
    clientCredential: {
      // With underscores: as its documentation spells it.
      headers: [tokenHeader, 'mwi_auth_token'],
      parameters: [tokenHeader, 'mwi_auth_token'],
      pathPrefix: null,
      subprotocol: false,
    },
    setup: null,
    sharing: matlabSharing(sharedBase(environment)),
    door: () => Promise.resolve().then(() => listenerOverrides(environment)),
  };
}

/** A path that cannot be used is told at the start; until then nothing is shared. */
function sharedBase(environment: ProfileOptions['environment']): string {
  try {
    return basePathOf(environment);
  } catch {
    return '';
  }
}
