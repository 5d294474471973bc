import { expect, test } from 'vitest';
import { contextItems, type ContextFacts } from '../../../../src/main/shell/menus/context-menu.ts';

const nothing: ContextFacts = {
  linkURL: '',
  srcURL: '',
  hasImage: false,
  selectionText: '',
  isEditable: false,
};

test.each<[string, Partial<ContextFacts>, readonly string[]]>([
  ['an empty place', {}, []],
  ['text that is selected', { selectionText: 'a' }, ['copy']],
  ['white space that is selected', { selectionText: ' \n' }, []],
  ['a link', { linkURL: 'https://a.example/x' }, ['Copy Link Address', 'Save Link']],
  ['a link to a program', { linkURL: 'smb://a.example/x' }, ['Copy Link Address']],
  ['a link to a file of this computer', { linkURL: 'file:///etc/passwd' }, ['Copy Link Address']],
  ['a picture', { hasImage: true, srcURL: 'blob:http://a/1' }, ['copy-image', 'Save Image']],
  ['a picture without an address', { hasImage: true }, ['copy-image']],
  [
    'a picture in a link',
    { hasImage: true, srcURL: 'data:image/png;base64,', linkURL: 'http://a/' },
    ['Copy Link Address', 'Save Link', '-', 'copy-image', 'Save Image'],
  ],
  ['a text field', { isEditable: true }, ['undo', 'redo', '-', 'cut', 'copy', 'paste', 'selectAll']],
])('%s', (_name, facts, wanted) => {
  const labels = contextItems({ ...nothing, ...facts }).map(item => {
    if (item.kind === 'line') return '-';
    if (item.kind === 'role') return item.role;
    return 'label' in item ? item.label : item.kind;
  });
  expect(labels).toEqual(wanted);
});
