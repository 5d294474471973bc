import { expect, test } from 'vitest';
import { auditReportText, auditText } from '../../../../src/main/cli/commands/audit-command.ts';

test('the audit log, and the report on it', () => {
  expect(auditText([])).toBe('Nothing has been shared yet.');
  expect(auditText([{ n: 1, at: 't', event: 'joined', name: 'A\u001b' }])).toBe(
    '    1  t  joined  name="A\\u001b"',
  );
  expect(auditReportText({ whole: true, lines: 3, faults: [] })).toContain('3 lines');
  expect(auditReportText({ whole: false, lines: 3, faults: ['Line 4 of a is wrong.'] })).toBe(
    'Line 4 of a is wrong.',
  );
});
