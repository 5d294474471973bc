import { expect, test } from 'vitest';
import {
  commandLine,
  exitInWords,
  inWords,
  failureContextOf,
  saysPortTaken,
  type Broken,
} from '../../../../src/main/core/server/output/failure.ts';
import { somePlan } from '../../../fakes/supervised.ts';

const broken: Broken = {
  trouble: 'exited',
  exit: { code: 1, signal: null },
  plan: null,
  kind: 'failed',
  nextStep: '',
  lastLines: ['No module named jupyterlab'],
  redact: text => text.replaceAll('s3cr3t', '***'),
};

test('what the profile knows better comes first, then what the error says, then the usual', () => {
  const plan = { ...somePlan, advise: () => 'Install JupyterLab.' };
  expect(failureContextOf({ ...broken, plan, nextStep: 'Look.' }).nextStep).toBe('Install JupyterLab.');
  expect(failureContextOf({ ...broken, plan: somePlan, nextStep: 'Look.' }).nextStep).toBe('Look.');
  expect(failureContextOf(broken).nextStep).toBe('Read its last lines; they usually name the reason.');
});

test('advice that fails is no advice', () => {
  const plan = {
    ...somePlan,
    advise: () => {
      throw new Error('oh');
    },
  };
  expect(failureContextOf({ ...broken, plan }).nextStep).toBe(
    'Read its last lines; they usually name the reason.',
  );
});

test.each<[Partial<Broken>, string]>([
  [{ lastLines: [] }, 'It printed nothing.'],
  [{ exit: { code: null, signal: 'SIGKILL' } }, 'out of memory'],
  [{ trouble: 'not-started' }, 'in a terminal'],
  [{ trouble: 'not-ready' }, 'more time'],
  [{ trouble: 'port-taken' }, 'ports'],
  [{ trouble: 'forked-away' }, 'foreground'],
  [{ trouble: 'unsafe' }, 'before anyone could use it'],
])('%j has a next step', (change, wanted) => {
  expect(failureContextOf({ ...broken, ...change }).nextStep).toContain(wanted);
});

test('what was printed before the start stands before its own lines, and is redacted', () => {
  const plan = { ...somePlan, said: ['Its scripts printed:', '  | \u001B[31ms3cr3t EADDRINUSE'] };
  const { lastLines } = failureContextOf({ ...broken, plan });
  expect(lastLines).toEqual(['Its scripts printed:', '  | *** EADDRINUSE', 'No module named jupyterlab']);
});

test('one that is late behind a proxy has a hint at it, unless something better is known', () => {
  const late: Broken = { ...broken, trouble: 'not-ready' };
  const behind = (variables: Record<string, string>) => ({ ...somePlan, variables });
  const set = { https_proxy: 'http://me:s3cr3t@proxy.lab:3128' };
  const { nextStep } = failureContextOf({ ...late, plan: behind(set) });
  expect(nextStep).toContain('https_proxy=http://***@proxy.lab:3128');
  expect(nextStep).toContain('NO_PROXY');
  for (const plan of [behind({}), behind({ ...set, NO_PROXY: '.lab' }), behind({ ...set, no_proxy: '.lab' })])
    expect(failureContextOf({ ...late, plan }).nextStep).not.toContain('proxy');
  expect(failureContextOf({ ...late, plan: behind(set), nextStep: 'Look.' }).nextStep).toBe('Look.');
  expect(failureContextOf({ ...broken, plan: behind(set) }).nextStep).not.toContain('proxy');
});

test('the command is redacted and can be pasted', () => {
  const plan = { ...somePlan, argv: ['/opt/my lab/bin/jupyter-lab', '--x=s3cr3t', "it's", ''] };
  expect(failureContextOf({ ...broken, plan })).toMatchObject({
    command: `'/opt/my lab/bin/jupyter-lab' '--x=***' 'it'\\''s' ''`.replace("'--x=***'", '--x=***'),
    exitCode: 1,
    signal: null,
  });
  expect(commandLine(['$(rm -rf ~)', 'a;b', 'ok-1.2/x=y'])).toBe(`'$(rm -rf ~)' 'a;b' ok-1.2/x=y`);
});

test.each([
  [1234, '1.2 s'],
  [0, '0.0 s'],
  [61_000, '1 min 1 s'],
  [7_260_000, '2 h 1 min'],
])('%d ms are %s', (milliseconds, wanted) => {
  expect(inWords(milliseconds)).toBe(wanted);
});

test('an end in words', () => {
  expect(exitInWords({ code: 1, signal: null }, 1200)).toBe('It exited after 1.2 s, exit code 1.');
  expect(exitInWords({ code: null, signal: 'SIGTERM' }, 1200)).toBe(
    'It was ended by signal SIGTERM after 1.2 s.',
  );
});

test.each([
  ['Error: listen EADDRINUSE: address already in use 127.0.0.1:8888', true],
  ['OSError: [Errno 98] Address already in use', true],
  ['ERROR: the Jupyter server could not be started because port 8888 is not available.', true],
  ['The port 8888 is already in use, trying another port.', true],
  ['Serving on port 8888', false],
])('%j speaks of a taken port: %s', (line, wanted) => {
  expect(saysPortTaken(['hello', line])).toBe(wanted);
});
