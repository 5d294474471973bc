import { fileAnswer, type Answer } from '../../http-answer.ts';
import { pageScript } from '../../page-script.ts';
import { pageSources } from '../../page-sources.ts';
import { bannerWords } from './banner-words.ts';

const script = `${pageScript('banner', { bannerWords, bannerStyle: pageSources.bannerStyle })}\n`;

export function guestScript(): Answer {
  return fileAnswer('text/javascript; charset=utf-8', script);
}
