/** The names of `Given`, for the scripts in this folder alone. */
declare const joinWords: import('./given.ts').Given['joinWords'];
declare const bannerWords: import('./given.ts').Given['bannerWords'];
declare const bannerStyle: import('./given.ts').Given['bannerStyle'];
declare const waitPath: import('./given.ts').Given['waitPath'];
declare const probeMs: import('./given.ts').Given['probeMs'];
