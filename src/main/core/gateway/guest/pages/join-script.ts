import { pageScript } from '../../page-script.ts';
import { joinWords } from './join-words.ts';

export const joinScript = pageScript('join', { joinWords });
