import { render } from 'preact';
import { AboutView } from './views/about.tsx';
import { HomeView } from './views/home.tsx';
import { LogView } from './views/logs.tsx';

/** One bundle, three windows; the address says which. */
function View() {
  const query = new URLSearchParams(window.location.search);
  switch (query.get('view') ?? 'home') {
    case 'logs':
      return <LogView id={query.get('server') ?? ''} />;
    case 'about':
      return <AboutView />;
    default:
      return <HomeView />;
  }
}

const root = document.querySelector('#root');
if (root !== null) render(<View />, root);
