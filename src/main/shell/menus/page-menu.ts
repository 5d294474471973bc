/** Shows the context menu of a server's page, and lets the wheel with Ctrl change its zoom. */
import { clipboard, Menu, type MenuItemConstructorOptions, type WebContents } from 'electron/main';
import { contextItems, type ContextItem } from './context-menu.ts';

/** Zoom levels of Electron: each is 20 % more than the one before it. */
const zoomStep = 0.5;
const maxZoom = 6;

export function addPageMenu(contents: WebContents): void {
  contents.on('context-menu', (_event, params) => {
    const items = contextItems({
      linkURL: params.linkURL,
      srcURL: params.srcURL,
      hasImage: params.mediaType === 'image',
      selectionText: params.selectionText,
      isEditable: params.isEditable,
    }).map(item => template(contents, item, params));
    if (items.length > 0) Menu.buildFromTemplate(items).popup();
  });
  contents.on('zoom-changed', (_event, direction) => {
    const level = contents.getZoomLevel() + (direction === 'in' ? zoomStep : -zoomStep);
    contents.setZoomLevel(Math.min(maxZoom, Math.max(-maxZoom, level)));
  });
}

function template(
  contents: WebContents,
  item: ContextItem,
  at: { readonly x: number; readonly y: number },
): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'line':
      return { type: 'separator' };
    case 'role':
      return { role: item.role };
    case 'copy-address':
      return { label: item.label, click: () => void clipboard.writeText(item.address) };
    case 'copy-image':
      return { label: 'Copy Image', click: () => contents.copyImageAt(at.x, at.y) };
    case 'save':
      return { label: item.label, click: () => contents.downloadURL(item.address) };
    default:
      return item satisfies never;
  }
}
