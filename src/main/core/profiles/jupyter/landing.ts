import type { Application } from './applications.ts';

/** The first page of an application, or the page of one file in its folder. */
export function landingOf(application: Application, file: string | null): string {
  if (file === null) {
    return { JupyterLab: '/lab', Notebook: '/tree', 'Jupyter Server': '/' }[application.title];
  }
  const path = file
    .split(/[\\/]/)
    .filter(part => part !== '' && part !== '.')
    .map(encodeURIComponent)
    .join('/');
  switch (application.title) {
    case 'JupyterLab':
      return `/lab/tree/${path}`;
    case 'Notebook':
      return path.toLowerCase().endsWith('.ipynb') ? `/notebooks/${path}` : `/edit/${path}`;
    case 'Jupyter Server':
      return `/files/${path}`;
    default:
      return application satisfies never;
  }
}
