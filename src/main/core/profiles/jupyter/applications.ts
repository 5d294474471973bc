/** The Jupyter applications that Gatehouse can start, the most comfortable first. */
export const applications = [
  { title: 'JupyterLab', distribution: 'jupyterlab', module: 'jupyterlab', oldest: '3.6' },
  { title: 'Notebook', distribution: 'notebook', module: 'notebook', oldest: '7.0' },
  { title: 'Jupyter Server', distribution: 'jupyter_server', module: 'jupyter_server', oldest: '2.0' },
] as const;

export type Application = (typeof applications)[number];

export function applicationTitled(title: string): Application | null {
  return applications.find(application => application.title === title) ?? null;
}
