import { expect, test } from 'vitest';
import { foundText } from '../../../src/main/cli/found-text.ts';

test('an installation is named so that a shell takes it as one word', () => {
  const found = {
    id: 'streamlit:/my "env"/$(x)',
    profile: 'streamlit',
    title: 'Streamlit',
    version: '1.0',
    origin: 'PATH',
    location: '/my',
    problem: null,
  };
  expect(foundText([found])).toContain(`--env 'streamlit:/my "env"/$(x)'`);
});
